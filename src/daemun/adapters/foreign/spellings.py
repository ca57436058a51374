"""What some systems did to a password before they hashed it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

BLANK: Final = b" \t\n\r\0\x0b"
ENTITIES: Final = {b"&": b"&amp;", b'"': b"&quot;", b"<": b"&lt;", b">": b"&gt;"}


def wordpress(password: bytes) -> Iterable[bytes]:
    """WordPress puts a backslash before quotes in everything that is sent to it, then trims; its tools and plug-ins hash without either."""
    slashed = re.sub(rb"(['\"\\])", rb"\\\1", password)
    return dict.fromkeys((password, password.strip(BLANK), slashed.strip(BLANK)))


def phpbb(password: bytes) -> Iterable[bytes]:
    """phpBB escapes everything that is sent to it for HTML, passwords as well."""
    return dict.fromkeys((password, re.sub(rb'[&"<>]', lambda found: ENTITIES[found[0]], password)))
