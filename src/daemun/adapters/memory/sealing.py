"""What is kept is unreadable where it is kept: AES-256-GCM, bound to the name it is kept under, so that it opens under no other."""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.ports.database import Parts
from daemun.ports.system import Entropy

NONCE_BYTES = 12


class Sealing:
    def __init__(self, key: bytes, entropy: Entropy) -> None:
        self._aead = AESGCM(key)
        self._entropy = entropy

    def close(self, name: str, parts: Parts) -> bytes:
        nonce = self._entropy.bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, json.dumps(parts, ensure_ascii=False).encode(), name.encode())

    def open(self, name: str, sealed: bytes) -> Parts | None:
        """None for what was sealed under another key or for another name."""
        try:
            plain = self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            return None
        return tuple(None if each is None else tuple(each) for each in json.loads(plain))
