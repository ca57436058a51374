"""A user agent in words people know: "Chrome · Windows". Pure. For display alone: an agent says what it likes."""

from __future__ import annotations

import re
from typing import Final

# The first that is found names it: what is built on another browser says the other's name as well.
BROWSERS: Final = (
    ("KAKAOTALK", "KakaoTalk"),
    ("NAVER(", "NAVER"),
    ("Whale/", "Whale"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PROGRAM: Final = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,30})(?:/|$)")


def described(agent: str) -> str:
    """Empty when nothing is known."""
    browser = _first(BROWSERS, agent) or _program(agent)
    return " · ".join(each for each in (browser, _first(SYSTEMS, agent)) if each)


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in known if mark in agent), "")


def _program(agent: str) -> str:
    found = PROGRAM.match(agent)
    return found[1] if found and found[1] != "Mozilla" else ""
