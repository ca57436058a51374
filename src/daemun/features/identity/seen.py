"""Marks of the clients an account has come from: enough to notice a new one, too little to follow anybody. Pure."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from typing import Final

from daemun.core.address import truncated

SIZE: Final = 8
MOST: Final = 20
VERSIONS: Final = re.compile(r"[\d.]+")


def client_mark(key: bytes, agent: str, address: str) -> str:
    """The same for a browser after its update: a letter with every version would soon not be read."""
    seen = f"{VERSIONS.sub('', agent)}\0{truncated(address)}"
    return urlsafe_b64encode(hmac.digest(key, seen.encode(), "sha256")).decode()[:SIZE]


def has_come(seen: str | None, mark: str) -> bool:
    return mark in _marks(seen)


def noted(seen: str | None, mark: str) -> tuple[str, bool]:
    """The marks with this one as the latest, and whether it is news. Of an account nobody has come to yet, nothing is."""
    marks = _marks(seen)
    kept = [*(each for each in marks if each != mark), mark]
    return "".join(kept[-MOST:]), bool(marks) and mark not in marks


def _marks(seen: str | None) -> list[str]:
    return [(seen or "")[each : each + SIZE] for each in range(0, len(seen or ""), SIZE)]
