"""Handles for people who had none: the same for the same address, whenever it is asked. Pure."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from typing import Final

LONGEST: Final = 40
"""Leaves room for what tells two of a name apart."""
OTHERS: Final = re.compile(r"[^a-z0-9._-]+")
EDGES: Final = "._-"


def derived(email: str, wish: str = "") -> tuple[str, ...]:
    """What stands before the @, or what they would like; then the same with a few letters of the address's hash."""
    plain = (_plain(each) for each in (wish.partition("@")[0], email.partition("@")[0].partition("+")[0]))
    base = next((each for each in plain if len(each) >= 2), "member")
    mark = b32encode(hashlib.sha256(email.casefold().encode()).digest()).decode().lower()
    return base, f"{base}-{mark[:4]}", f"{base}-{mark[:9]}"


def _plain(text: str) -> str:
    return OTHERS.sub("-", text.casefold()).strip(EDGES)[:LONGEST].strip(EDGES)
