"""Entries: the bytes that are hashed are the bytes that are kept and served. Pure.

One JSON object in the form of RFC 8785, restricted (ASCII names, whole numbers below 2**53, no fractions) so far that sorted keys and
plain separators are already that form.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any, Final

from daemun.features.audit.errors import EntryMalformed, Refused
from daemun.features.audit.tiles import LONGEST_ENTRY

__all__ = ["Refused", "commitment", "made_entry", "parse_entry"]

LARGEST: Final = 2**53 - 1
DEEPEST: Final = 8
SALT_SIZE: Final = 16
NUMBER: Final = re.compile(r"-?[0-9]{1,16}")


def made_entry(entry: object) -> bytes:
    """The one way these facts are written."""
    if not isinstance(entry, dict) or not _is_plain(entry, DEEPEST):
        raise EntryMalformed
    try:
        written = json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()
    except ValueError as error:  # half of a surrogate pair
        raise EntryMalformed from error
    if len(written) > LONGEST_ENTRY:
        raise EntryMalformed
    return written


def parse_entry(data: bytes) -> dict[str, Any]:
    """Refused when it could have been written in another way."""
    if len(data) > LONGEST_ENTRY:
        raise EntryMalformed
    try:
        entry = json.loads(data.decode(), parse_int=_whole, parse_float=_no_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise EntryMalformed from error
    if made_entry(entry) != data:
        raise EntryMalformed
    return dict(entry)


def commitment(part: str, salt: bytes, sealed: bytes) -> bytes:
    """Binds an entry to a part kept apart from it, `sealed` being nonce and ciphertext; the salt hides what it was once that is erased."""
    name = part.encode("ascii", "strict") if part.isascii() else b""
    if not 0 < len(name) < 256 or len(salt) != SALT_SIZE:
        raise EntryMalformed
    return sha256(b"\x02" + bytes([len(name)]) + name + salt + sealed).digest()


def _is_plain(value: object, depth: int) -> bool:
    if value is None or isinstance(value, bool | str):
        return True
    if isinstance(value, int):
        return abs(value) <= LARGEST
    if depth == 0:
        return False
    if isinstance(value, list | tuple):
        return all(_is_plain(each, depth - 1) for each in value)
    return isinstance(value, dict) and all(
        isinstance(name, str) and name.isascii() and _is_plain(each, depth - 1) for name, each in value.items()
    )


def _whole(digits: str) -> int:
    return int(digits) if NUMBER.fullmatch(digits) else _no_number(digits)


def _no_number(text: str) -> int:
    raise ValueError(text)
