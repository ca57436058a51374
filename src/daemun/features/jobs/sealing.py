"""What a job is asked to do may name people, so it is unreadable in the database: AES-256-GCM, bound to the job."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.ports.system import Entropy

NONCE_BYTES: Final = 12


class Unreadable(Exception):
    """Sealed under another key, or moved to another row."""


@dataclass(frozen=True, slots=True)
class Sealing:
    key: Callable[[], bytes] = field(repr=False)
    """Asked for when it is needed: tools are handed the room before there are keys."""
    entropy: Entropy

    def close(self, job_id: str, kind: str, said: Mapping[str, Any]) -> bytes:
        nonce = self.entropy.bytes(NONCE_BYTES)
        return nonce + AESGCM(self.key()).encrypt(nonce, json.dumps(said).encode(), _row(job_id, kind))

    def open(self, job_id: str, kind: str, sealed: bytes) -> dict[str, Any]:
        try:
            plain = AESGCM(self.key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _row(job_id, kind))
        except (InvalidTag, ValueError) as error:
            raise Unreadable(job_id) from error
        said: dict[str, Any] = json.loads(plain)
        return said


def _row(job_id: str, kind: str) -> bytes:
    """Not whose it is: what a guest began is a member's later."""
    return f"daemun jobs 1\0{job_id}\0{kind}".encode()
