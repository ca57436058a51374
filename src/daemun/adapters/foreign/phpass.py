"""The portable hashes of phpass: `$P$` of WordPress before 6.8, `$H$` of phpBB."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from daemun.adapters.foreign import spellings
from daemun.adapters.foreign.fields import Check

ALPHABET: Final = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FORM: Final = re.compile(r"\$([PH])\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{22})")
SPELLINGS: Final = {"P": spellings.wordpress, "H": spellings.phpbb}
FEWEST: Final = 7
MOST: Final = 16
"""Powers of two. WordPress has 13, phpBB 11. The loop holds the interpreter in slices of 5 ms: 2^16 rounds are some 30 ms."""


def read(encoded: str) -> Check | None:
    form = FORM.fullmatch(encoded)
    if form is None or not FEWEST <= ALPHABET.index(form[2]) <= MOST:
        return None
    spelled, rounds, salt, digest = SPELLINGS[form[1]], 1 << ALPHABET.index(form[2]), form[3].encode(), form[4]
    return lambda password: any(hmac.compare_digest(_stretched(each, salt, rounds), digest) for each in spelled(password))


def _stretched(password: bytes, salt: bytes, rounds: int) -> str:
    digest = hashlib.md5(salt + password, usedforsecurity=False).digest()
    for _ in range(rounds):
        digest = hashlib.md5(digest + password, usedforsecurity=False).digest()
    bits = int.from_bytes(digest, "little")
    return "".join(ALPHABET[bits >> 6 * place & 63] for place in range(22))
