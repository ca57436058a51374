"""The scrypt of Firebase, which encrypts a key of the project under what scrypt makes of the password.

`$firebase-scrypt$ln=14,r=8$salt$separator$key$hash`, each field in the base64 it is exported in. The key, which Firebase keeps apart, thus
stands in the row until its owner logs in; without it no hash could be checked.
"""

from __future__ import annotations

import hmac
import re
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from daemun.adapters.foreign.fields import Check, Form, base64
from daemun.adapters.foreign.scrypt import affordable, stretched

FORM: Final = Form(
    re.compile(
        r"\$firebase-scrypt\$ln=(?P<log_n>[0-9]{1,2}),r=(?P<r>[1-9][0-9]?)"
        r"\$(?P<salt>[^$]{1,256})\$(?P<separator>[^$]{0,64})\$(?P<key>[^$]+)\$(?P<digest>[^$]+)"
    ),
    base64,
    base64,
)
KEY_BYTES: Final = 32
COUNTER: Final = bytes(16)


def from_firebase(*, hashed: str, salt: str, separator: str, key: str, rounds: int, memory: int) -> str:
    """The encoding of an exported account, given the hash parameters of its project."""
    return f"$firebase-scrypt$ln={memory},r={rounds}${salt}${separator}${key}${hashed}"


def read(encoded: str) -> Check | None:
    if (parts := FORM.parts(encoded)) is None:
        return None
    found, salt, digest = parts
    separator, key = base64(found["separator"]), base64(found["key"])
    n, r = 1 << int(found["log_n"]), int(found["r"])
    if separator is None or key is None or len(key) != len(digest) or not affordable(n=n, r=r, p=1):
        return None
    full_salt = salt + separator
    return lambda password: hmac.compare_digest(
        _encrypted(key, under=stretched(password, full_salt, n=n, r=r, p=1, length=KEY_BYTES)), digest
    )


def _encrypted(key: bytes, *, under: bytes) -> bytes:
    # A counter that always starts at zero is safe here: each key is used once, for the salt is its account's own.
    encryptor = Cipher(algorithms.AES(under), modes.CTR(COUNTER)).encryptor()
    return encryptor.update(key) + encryptor.finalize()
