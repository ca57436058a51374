"""The gate: every request passes it first. Plain ASGI, because a layer of it costs half a microsecond."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemun.core.actor import NOBODY, Actor
from daemun.core.address import Network, client, trusted
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Denied, Refusal, TooLarge
from daemun.ports.database import Database
from daemun.ports.recognition import Recogniser
from daemun.ports.refusals import Refusals
from daemun.ports.system import Entropy
from daemun.web.catalogue import preferred
from daemun.web.cookies import NO_BROWSER, Browser, asked_language
from daemun.web.csrf import HEADER, CsrfDue
from daemun.web.pageroute import PAGES_KEY, trouble
from daemun.web.pages import Pages, is_for_a_person, path_of
from daemun.web.problems import Problems
from daemun.web.visit import SCOPE_KEY, Visit

log = logging.getLogger("daemun.gate")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
AGENT_LENGTH = 512
QUERY = "%=&?/:+,;@!$'()*~"
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = (
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-store"),
)
POLICY_VIOLATION = 1008
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


class HttpsRequired(Denied):
    code = "https_required"


@dataclass(frozen=True, slots=True)
class Gate:
    app: ASGIApp
    database: Database
    recogniser: Recogniser
    problems: Problems
    entropy: Entropy
    proxies: Sequence[Network]
    body_limit: int
    https_only: bool
    public_url: str | None
    pages: Pages
    refusals: Refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = scope["query_string"].decode("latin-1")
        browser = self.pages.jar.read(headers)
        if asked := asked_language(query):
            browser = replace(browser, language=asked)
        visit = Visit(self.database, self._circumstance(scope, headers, browser), browser=browser, query=query, refusals=self.refusals)
        scope[SCOPE_KEY], scope[PAGES_KEY] = visit, self.pages
        scheme = self._scheme(scope, headers)
        if scope["type"] == "websocket":
            await self._websocket(scope, headers, visit, scheme, receive, send)
            return
        scope["scheme"] = scheme  # whoever builds a link further in builds it as the client sees us
        await self._http(scope, headers, visit, receive, partial(self._send, send, visit, scheme))

    async def _websocket(self, scope: Scope, headers: Headers, visit: Visit, scheme: str, receive: Receive, send: Send) -> None:
        try:
            if refusal := self._refused(scope, headers):
                raise refusal
            visit = await self._greeted(visit, headers)
            # It carries no token, so a page of another site could speak as whoever visits it: browsers always say where they are.
            if visit.by_cookie and not ("origin" in headers and self.pages.csrf.from_us(headers, scheme)):
                raise CsrfDue
            scope[SCOPE_KEY] = visit
        except Refusal:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
            return
        await self.app(scope, receive, send)

    async def _http(self, scope: Scope, headers: Headers, visit: Visit, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            if refusal := self._refused(scope, headers):
                await self._refuse(refusal, visit, scope, receive, send)
                return
            scope[SCOPE_KEY] = self._proven(await self._greeted(visit, headers), headers, scope)
            await self.app(scope, partial(self._limited, receive, [0]), noting)
        except Refusal as refusal:  # raised by recognition itself: the database is away
            if started:
                raise
            await self._refuse(refusal, visit, scope, receive, send)
        except Exception:
            # The rim: recorded here with the request's id, and the caller learns nothing of the cause.
            log.exception("unhandled error in request %s", visit.circumstance.request_id)
            if started:
                raise
            response = trouble(scope, self.problems, 500, "internal_error")
            await response(scope, receive, send)

    async def _greeted(self, visit: Visit, headers: Headers) -> Visit:
        """The visit with its actor. A token that is not accepted refuses only where somebody must be known."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        by_cookie = not scheme and bool(visit.browser.session)
        if not by_cookie and (scheme.lower() != "bearer" or not token):
            return visit
        try:
            signed = self.recogniser.signed_cookie(visit.browser.session) if by_cookie else self.recogniser.signed(token.strip())
        except Refusal as refusal:
            return replace(visit, refusal=refusal)
        known = await self.recogniser.known(self.database, signed)
        if not isinstance(known, Actor):
            return replace(visit, actor=NOBODY, refusal=known)
        return replace(visit, actor=known, by_cookie=by_cookie)

    def _proven(self, visit: Visit, headers: Headers, scope: Scope) -> Visit:
        """The visit with what its header X-CSRF-Token proves. A page's form is looked at when it is read."""
        given = "" if visit.browser is NO_BROWSER else headers.get(HEADER, "")
        if not given or not self.pages.csrf.proves(visit.browser, given, headers, scope["scheme"]):
            return visit
        return replace(visit, browser=replace(visit.browser, proven=True))

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
        )

    def _scheme(self, scope: Scope, headers: Headers) -> Literal["http", "https"]:
        told = headers.get("x-forwarded-proto", "")
        if told and self.proxies and trusted((scope.get("client") or ("", 0))[0], self.proxies):
            return "https" if told.rpartition(",")[2].strip().lower() == "https" else "http"
        return "https" if scope["scheme"] in ("https", "wss") else "http"

    def _refused(self, scope: Scope, headers: Headers) -> Refusal | None:
        """Health probes come from inside, without TLS; everything else that is refused before it is read."""
        if self.https_only and self._scheme(scope, headers) == "http" and scope["path"] not in ("/healthz", "/readyz"):
            return HttpsRequired()
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self.body_limit:  # "²" is a digit, and no number
            return TooLarge(limit=self.body_limit)
        return None

    async def _refuse(self, refusal: Refusal, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        if is_for_a_person(Headers(scope=scope)):
            response = self.pages.refuse(visit, refusal, path_of(scope))
        else:
            response = self.problems.answer(refusal, visit.circumstance.language, visit.circumstance.request_id)
        if isinstance(refusal, HttpsRequired) and scope["method"] in ("GET", "HEAD") and self.public_url:
            # Only what carries no body is sent on: a redirect that forwards credentials teaches clients to send them in the clear.
            # To the address that was configured, never to the one in the Host header, which the caller writes.
            query = f"?{quote(scope['query_string'], safe=QUERY)}" if scope["query_string"] else ""
            response = Response(status_code=308, headers={"location": self.public_url.rstrip("/") + quote(scope["path"]) + query})
        await response(scope, receive, send)

    async def _limited(self, receive: Receive, read: list[int]) -> Message:
        message = await receive()
        if message["type"] == "http.request":
            read[0] += len(message.get("body", b""))
            if read[0] > self.body_limit:
                raise HTTPException(413, "too_large")
        return message

    async def _send(self, send: Send, visit: Visit, scheme: str, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS:
                headers.setdefault(name, value)
            headers["x-request-id"] = visit.circumstance.request_id
            if self.https_only and scheme == "https":
                headers["strict-transport-security"] = STRICT_TRANSPORT
        await send(message)
