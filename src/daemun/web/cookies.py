"""The cookies of the house: what they are called, how they are set, and which of those that come back are believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from starlette.datastructures import Headers
from starlette.responses import Response

from daemun.core.circumstance import Language
from daemun.web.catalogue import LANGUAGES

Which = Literal["session", "device", "flow"]

NAMES: Final[dict[Which, str]] = {"session": "daemun", "device": "daemun-device", "flow": "daemun-flow"}
LANGUAGE: Final = "daemun-lang"
# Flows come back from other sites (mail, social sign-in), to which a strict cookie would be invisible.
SAME_SITE: Final[dict[Which, str]] = {"session": "Strict", "device": "Strict", "flow": "Lax"}
VALUE = re.compile(r"[A-Za-z0-9._~-]{1,1024}")
ASKED_LANGUAGE = re.compile(r"(?:^|&)lang=(ko|en)(?:&|$)")
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Browser:
    """Cookie values as they came, and whether the request carried a good anti-CSRF value."""

    session: str = field(default="", repr=False)
    device: str = field(default="", repr=False)
    flow: str = field(default="", repr=False)
    proven: bool = False
    language: Language | None = None
    """What the reader chose on a page."""


NO_BROWSER: Final = Browser()


@dataclass(frozen=True, slots=True)
class Jar:
    plain: bool
    """No Secure and no `__Host-`: plain http on localhost, profile dev."""

    def name(self, which: Which) -> str:
        return NAMES[which] if self.plain else f"__Host-{NAMES[which]}"

    def read(self, headers: Headers) -> Browser:
        """What came. A name that came twice counts as not at all: one of the two was tossed in from a neighbouring host."""
        if "cookie" not in headers:
            return NO_BROWSER
        came: dict[str, str] = {}
        for name, value in _pairs(headers):
            came[name] = value if name not in came and VALUE.fullmatch(value) else ""
        session, device, flow = (came.get(self.name(which), "") for which in ("session", "device", "flow"))
        return Browser(session, device, flow, language=_language(came.get(LANGUAGE, "")))

    def set(self, response: Response, which: Which, value: str, max_age: timedelta | None = None) -> None:
        """Without `max_age` it lives as long as the browser is open."""
        if not VALUE.fullmatch(value):
            raise ValueError("this value does not fit in a cookie")
        self._write(response, which, value, None if max_age is None else int(max_age.total_seconds()))

    def clear(self, response: Response, which: Which) -> None:
        self._write(response, which, "", 0)

    def choose(self, response: Response, language: Language) -> None:
        """Remembers the language for a year."""
        secure = "" if self.plain else "; Secure"
        response.headers.append("set-cookie", f"{LANGUAGE}={language}; Path=/; SameSite=Lax{secure}; Max-Age={int(YEAR.total_seconds())}")

    def _write(self, response: Response, which: Which, value: str, seconds: int | None) -> None:
        parts = [f"{self.name(which)}={value}", "Path=/", f"SameSite={SAME_SITE[which]}", "HttpOnly"]
        parts += [] if self.plain else ["Secure"]
        parts += [] if seconds is None else [f"Max-Age={seconds}"]
        response.headers.append("set-cookie", "; ".join(parts))


def asked_language(query: str) -> Language | None:
    """The `lang=` of an address: the switch at the foot of every page."""
    found = ASKED_LANGUAGE.search(query) if "lang=" in query else None
    return _language(found[1]) if found else None


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    """Only space and tab are trimmed: a server that trims more turns a name that no browser guards into `__Host-…`."""
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            name, _, value = part.partition("=")
            yield name.strip(" \t"), value.strip(" \t")


def _language(text: str) -> Language | None:
    return next((each for each in LANGUAGES if each == text), None)
