"""Who comes, from where and in which language: asked once for each request, whoever answers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import Scope

from daemun.core.actor import NOBODY, Actor
from daemun.core.address import Network, client, trusted
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.ports.database import Database
from daemun.ports.recognition import Recogniser
from daemun.ports.system import Entropy
from daemun.ports.watchman import Watchman
from daemun.web.catalogue import preferred
from daemun.web.cookies import NO_BROWSER, Browser, asked_language
from daemun.web.csrf import HEADER, CsrfDue
from daemun.web.pages import Pages
from daemun.web.visit import Visit

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
RECEIPT = "receipt"
"""RFC 7240: `Prefer: receipt`."""
AGENT_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Greeting:
    database: Database
    recogniser: Recogniser
    entropy: Entropy
    proxies: Sequence[Network]
    pages: Pages
    watchman: Watchman

    def visit(self, scope: Scope, headers: Headers) -> Visit:
        """Before anybody was asked who it is."""
        query = scope["query_string"].decode("latin-1")
        browser = self.pages.jar.read(headers)
        if asked := asked_language(query):
            browser = replace(browser, language=asked)
        return Visit(self.database, self._circumstance(scope, headers, browser), browser=browser, query=query, watchman=self.watchman)

    async def known(self, visit: Visit, headers: Headers) -> Visit:
        """The visit with its actor. A token that is not accepted refuses only where somebody must be known."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        by_cookie = not scheme and bool(visit.browser.session)
        if not by_cookie and (scheme.lower() != "bearer" or not token):
            return visit
        try:
            signed = self.recogniser.signed_cookie(visit.browser.session) if by_cookie else self.recogniser.signed(token.strip())
        except Refusal as refusal:
            return replace(visit, refusal=refusal)
        known = await self.recogniser.known(self.database, signed, visit.circumstance)
        if not isinstance(known, Actor):
            return replace(visit, actor=NOBODY, refusal=known)
        return replace(visit, actor=known, by_cookie=by_cookie)

    def proven(self, visit: Visit, headers: Headers, scheme: str) -> Visit:
        """The visit with what its header X-CSRF-Token proves. A page's form is looked at when it is read."""
        given = "" if visit.browser is NO_BROWSER else headers.get(HEADER, "")
        if not given or not self.pages.csrf.proves(visit.browser, given, headers, scheme):
            return visit
        return replace(visit, browser=replace(visit.browser, proven=True))

    def on_a_socket(self, visit: Visit, headers: Headers, scheme: str) -> Refusal | None:
        """It carries no token, so a page of another site could speak as whoever visits it: browsers always say where they are."""
        return CsrfDue() if visit.by_cookie and not ("origin" in headers and self.pages.csrf.from_us(headers, scheme)) else None

    def scheme(self, scope: Scope, headers: Headers) -> Literal["http", "https"]:
        """As the client sees it."""
        told = headers.get("x-forwarded-proto", "")
        if told and self.proxies and trusted((scope.get("client") or ("", 0))[0], self.proxies):
            return "https" if told.rpartition(",")[2].strip().lower() == "https" else "http"
        return "https" if scope["scheme"] in ("https", "wss") else "http"

    def _circumstance(self, scope: Scope, headers: Headers, browser: Browser) -> Circumstance:
        peer = (scope.get("client") or ("", 0))[0]
        behind = bool(self.proxies) and trusted(peer, self.proxies)
        given = headers.get("x-request-id", "") if behind else ""
        agent = (headers.get("x-forwarded-user-agent") if behind else None) or headers.get("user-agent", "")
        return Circumstance(
            request_id=given if REQUEST_ID.fullmatch(given) else "req_" + self.entropy.bytes(12).hex(),
            address=client(peer, ",".join(headers.getlist("x-forwarded-for")), self.proxies) if behind else client(peer, "", ()),
            agent="".join(each for each in agent[:AGENT_LENGTH] if each.isprintable()),
            method=scope.get("method", "WEBSOCKET"),
            path=scope["path"],
            language=browser.language or preferred(headers.get("accept-language", "")),
            receipts=[] if RECEIPT in headers.get("prefer", "") else None,
        )
