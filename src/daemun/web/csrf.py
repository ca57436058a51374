"""Whether a change was asked for by a page of ours: a browser sends cookies unasked, whoever made it ask."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from daemun.core.errors import Denied
from daemun.ports.system import Entropy
from daemun.web.cookies import Browser

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf"
SIZE: Final = 32
PORTS: Final = {"http": 80, "https": 443}


class CsrfDue(Denied):
    """Asked by cookie, without the proof that one of our own pages asked."""

    code = "csrf_due"


@dataclass(frozen=True, slots=True)
class Csrf:
    key: bytes = field(repr=False)
    entropy: Entropy
    origin: str | None = None
    """Where people open us; None takes the request's own word for it, which only dev does."""

    def token(self, browser: Browser) -> str:
        """For a form or the header X-CSRF-Token. Different every time, or compression would give it away letter by letter (BREACH)."""
        mask = self.entropy.bytes(SIZE)
        return urlsafe_b64encode(mask + _mixed(mask, self._mac(browser))).decode().rstrip("=")

    def check(self, browser: Browser, given: str) -> bool:
        """Whether it was made for this browser. One without any cookie of ours proves nothing."""
        if not browser.session and not browser.flow:
            return False
        try:
            raw = urlsafe_b64decode(given.encode("ascii") + b"=" * (-len(given) % 4))
        except (Error, UnicodeEncodeError):
            return False
        return len(raw) == 2 * SIZE and hmac.compare_digest(_mixed(raw[:SIZE], raw[SIZE:]), self._mac(browser))

    def from_us(self, headers: Headers, scheme: str) -> bool:
        """Whether what the browser says of where the request was made, names us. It need not say: the token is asked for all the same."""
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return False
        told = headers.getlist("origin")
        own = self.origin or origin_of(f"{scheme}://{headers.get('host', '')}")
        return all(own is not None and each == own for each in told)

    def proves(self, browser: Browser, given: str, headers: Headers, scheme: str) -> bool:
        return self.from_us(headers, scheme) and self.check(browser, given)

    def _mac(self, browser: Browser) -> bytes:
        bound = f"session {browser.session}" if browser.session else f"flow {browser.flow}"
        return hmac.digest(self.key, bound.encode(), "sha256")


def origin_of(url: str) -> str | None:
    """As browsers write it in Origin: lower case, no default port, a Korean host name in its ASCII form."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in PORTS or not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, PORTS[parts.scheme]) else "")


def _mixed(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
