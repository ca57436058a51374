"""Access tokens whose signature was verified already."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Final

from daemun.features.sessions.models import AccessClaims
from daemun.ports.keyring import SigningKey

MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Recognised:
    """Bounded; the oldest goes first. Holds hashes, so that a memory dump is no purse of tokens. What is remembered is the signature alone:
    whoever asks still looks at time and key."""

    most: int = MOST
    _seen: dict[bytes, tuple[AccessClaims, SigningKey]] = field(default_factory=dict, repr=False)
    _adding: Lock = field(default_factory=Lock, repr=False)

    def find(self, token: str) -> tuple[AccessClaims, SigningKey] | None:
        return self._seen.get(_hash(token))

    def add(self, token: str, claims: AccessClaims, key: SigningKey) -> None:
        with self._adding:
            while len(self._seen) >= self.most:
                del self._seen[next(iter(self._seen))]
            self._seen[_hash(token)] = (claims, key)

    def __len__(self) -> int:
        return len(self._seen)


def _hash(token: str) -> bytes:
    # "?" stands in no token, so what is not ASCII meets nothing.
    return sha256(token.encode("ascii", "replace")).digest()
