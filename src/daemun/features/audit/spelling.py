"""Numbers and bytes in text, each in the one way it is written: what can be spelled twice can be told apart by nobody's hash. Pure."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Final

from daemun.features.audit.merkle import MOST

DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,19}")
CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


def to_base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """None unless it is standard base64, padded, with no bit set that means nothing (RFC 4648 3.5)."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if to_base64(data) == text else None


def from_decimal(text: str) -> int | None:
    """None unless it is a number of at most 64 bits, in ASCII digits, with no sign and no leading zero."""
    number = int(text) if DECIMAL.fullmatch(text) else MOST + 1
    return number if number <= MOST else None


def lines_of(text: str) -> list[str] | None:
    """None unless the last line, too, ends in a newline, and nothing else controls anything (no CRLF, no tab)."""
    *lines, rest = text.split("\n")
    return None if rest or CONTROL.search(text) else lines


def decoded(data: object, *, longest: int) -> str | None:
    """The text of what came in as bytes or as text; None when that is not UTF-8 or is too much."""
    try:
        raw = data.encode() if isinstance(data, str) else bytes(data) if isinstance(data, bytes | bytearray) else None
        return raw.decode() if raw is not None and len(raw) <= longest else None
    except UnicodeError:
        return None
