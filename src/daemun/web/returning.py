"""Where somebody is sent back to: a path of ours, whatever the address said (RFC 9700 4.11). Pure."""

from __future__ import annotations

import re

LONGEST = 1024
# One slash, then printable ASCII without a space. Browsers read a backslash as a slash and drop tabs and line breaks.
LOCAL = re.compile(r"/[!-~]*")
# What is climbed to was never looked at. Encoded, too: browsers read the dots, some servers the slashes. After `?` or `#` it is harmless.
CLIMBS = re.compile(r"[^?#]*(?:/|%2f|%5c)(?:\.|%2e){1,2}(?:/|%2f|%5c|[?#]|$)", re.IGNORECASE)


def local(path: str, otherwise: str = "/") -> str:
    """The path if it is one of this house, else the other one."""
    fits = len(path) <= LONGEST and LOCAL.fullmatch(path) is not None and CLIMBS.match(path) is None
    return path if fits and "//" not in path and "\\" not in path else otherwise
