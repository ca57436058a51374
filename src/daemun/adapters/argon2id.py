"""Argon2id of today (RFC 9106): by libsodium, which uses the widest registers there are and gives its memory back,
and by OpenSSL what libsodium does not take."""

from __future__ import annotations

import hmac
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13, crypto_pwhash_SALTBYTES

LEAST_LENGTH: Final = 16  # of libsodium


@dataclass(frozen=True, slots=True)
class Cost:
    passes: int
    memory_kib: int
    lanes: int

    def derived(self, password: bytes, salt: bytes, length: int) -> bytes:
        """Raises `MemoryError` where there is none left for it."""
        if self.lanes > 1 or len(salt) != crypto_pwhash_SALTBYTES or length < LEAST_LENGTH:
            return Argon2id(salt=salt, length=length, iterations=self.passes, lanes=self.lanes, memory_cost=self.memory_kib).derive(
                password
            )
        try:
            return crypto_pwhash_alg(length, password, salt, self.passes, self.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13)
        except RuntimeError as failed:
            raise MemoryError from failed

    def matches(self, password: bytes, salt: bytes, digest: bytes) -> bool:
        return hmac.compare_digest(self.derived(password, salt, len(digest)), digest)

    def encoded(self, password: bytes, salt: bytes, length: int) -> str:
        digest = self.derived(password, salt, length)
        return f"$argon2id$v=19$m={self.memory_kib},t={self.passes},p={self.lanes}${_plain(salt)}${_plain(digest)}"


def _plain(data: bytes) -> str:
    return b64encode(data).rstrip(b"=").decode()
