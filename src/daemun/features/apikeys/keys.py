"""API keys as text: how they are made, told from typing errors, and recognised. Pure.

`daemun_<39 characters><6 characters>`: 232 random bits, then their checksum. The prefix is what scanners of source code look for; the
checksum tells them, without asking anybody, that it is no accident. Only a keyed hash is stored, so a copy of the table opens nothing.
"""

from __future__ import annotations

import hmac
import re
from typing import Final
from zlib import crc32

from daemun.core.secret import Secret

PREFIX: Final = "daemun_"
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_BYTES: Final = 29
BODY: Final = 39  # 62 to the 39th is a little more than 232 bits hold
CHECK: Final = 6
HINT: Final = 4
FORM: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{BODY + CHECK}}}")


def key_text(random: bytes) -> Secret:
    if len(random) != RANDOM_BYTES:
        raise ValueError(f"a key takes {RANDOM_BYTES} random bytes")
    body = PREFIX + _digits(int.from_bytes(random, "big"), BODY)
    return Secret(body + checksum(body))


def is_key(text: str) -> bool:
    """Whether it is written as ours are, checksum and all. Anybody can write such a text: it proves nothing yet."""
    return FORM.fullmatch(text) is not None and text[-CHECK:] == checksum(text[:-CHECK])


def checksum(body: str) -> str:
    return _digits(crc32(body.encode()), CHECK)


def stored(text: Secret, key: bytes) -> str:
    """What is kept of it."""
    return hmac.digest(key, text.reveal().encode(), "sha256").hex()


def hint_of(text: Secret) -> str:
    """By its last characters its owner tells one from another: they are of the checksum, which is no secret of its own."""
    return text.reveal()[-HINT:]


def _digits(number: int, width: int) -> str:
    found = ""
    for _ in range(width):
        number, digit = divmod(number, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found
