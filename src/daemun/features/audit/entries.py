"""Entries: the bytes that are hashed are the bytes that are kept and served. Pure.

One JSON object in the form of RFC 8785, restricted (ASCII names, whole numbers below 2**53, no fractions) so far that sorted keys and
plain separators are already that form.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import msgspec

from daemun.features.audit.errors import EntryMalformed, Refused
from daemun.features.audit.tiles import LONGEST_ENTRY

__all__ = ["EventEntry", "Refused", "commitment", "made_entry", "made_event", "parse_entry", "read_entry"]

LARGEST: Final = 2**53 - 1
DEEPEST: Final = 8
SALT_SIZE: Final = 16
written: Final = msgspec.json.Encoder(order="deterministic").encode
read: Final = msgspec.json.decode
told_by: Final = msgspec.json.Decoder(dict[str, Any]).decode


class EventEntry(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """An event's entry, its fields in the order in which they are written: nothing is left to sort, and nothing in it to look for."""

    a: str
    as_: str = msgspec.field(name="as")
    b: list[tuple[str, str, bytes]] = []
    """Of each part: its name, its key, and the commitment to it."""
    c: str
    i: str
    k: str
    o: str
    p: tuple[str, int]
    r: str
    t: int
    tg: str | None = None
    tn: str
    v: int


def made_event(entry: EventEntry) -> bytes:
    """What `made_entry` makes of the same facts."""
    try:
        return _bounded(written(entry))
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise EntryMalformed from error


def made_entry(entry: object) -> bytes:
    """The one way these facts are written."""
    if not isinstance(entry, dict) or not _is_plain(entry, DEEPEST):
        raise EntryMalformed
    try:
        return _bounded(written(entry))
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise EntryMalformed from error


def parse_entry(data: bytes) -> dict[str, Any]:
    """Refused when it could have been written in another way."""
    if len(data) > LONGEST_ENTRY:
        raise EntryMalformed
    try:
        entry = read(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EntryMalformed from error
    if made_entry(entry) != data:
        raise EntryMalformed
    return dict(entry)


def read_entry(data: bytes) -> dict[str, Any]:
    """Of our own log, where nobody asks of each whether it could have been written in another way: whoever verifies the log does."""
    try:
        return told_by(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EntryMalformed from error


def commitment(part: str, salt: bytes, sealed: bytes) -> bytes:
    """Binds an entry to a part kept apart from it, `sealed` being nonce and ciphertext; the salt hides what it was once that is erased."""
    if len(salt) != SALT_SIZE:
        raise EntryMalformed
    return sha256(named(part) + salt + sealed).digest()


@lru_cache(maxsize=64)
def named(part: str) -> bytes:
    """What stands before the salt: no part passes for another."""
    name = part.encode() if part.isascii() else b""
    if not 0 < len(name) < 256:
        raise EntryMalformed
    return b"\x02" + bytes([len(name)]) + name


def _is_plain(value: object, depth: int) -> bool:
    """Asked of every value of every event, so without a generator for each list."""
    if value is None or isinstance(value, str):
        return True
    if isinstance(value, int):
        return -LARGEST <= value <= LARGEST
    if depth == 0 or not isinstance(value, (dict, list, tuple)):
        return False
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str) or not name.isascii():
                return False
        value = tuple(value.values())
    for each in value:  # noqa: SIM110 - `all` takes twice the time
        if not _is_plain(each, depth - 1):
            return False
    return True


def _bounded(data: bytes) -> bytes:
    if len(data) > LONGEST_ENTRY:
        raise EntryMalformed
    return data
