"""The gate: every request to us passes it first. Plain ASGI, because a layer of it costs half a microsecond."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemun.core.errors import Denied, Refusal, TooLarge
from daemun.core.noted import CURRENT, refused_as
from daemun.web.csrf import CsrfDue
from daemun.web.greeting import Greeting
from daemun.web.pageroute import PAGES_KEY, SEEN_KEY, refused, trouble
from daemun.web.pages import path_of
from daemun.web.problems import Problems
from daemun.web.requires import route_of
from daemun.web.visit import AGAIN_KEY, SCOPE_KEY, Visit

log = logging.getLogger("daemun.gate")
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
FROM_INSIDE: Final = ("/healthz", "/readyz", "/metrics")
"""Probes and collectors stand beside us, without TLS."""
FORBIDDEN: Final = 403
REFUSED: Final = (401, FORBIDDEN, 429)
POLICY_VIOLATION: Final = 1008
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


class HttpsRequired(Denied):
    code = "https_required"


@dataclass(frozen=True, slots=True)
class Gate:
    app: ASGIApp
    greeting: Greeting
    problems: Problems
    body_limit: int
    https_only: bool
    front: str
    """What stands before the paths it sees where people open them: "" or "/gate"."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        visit = self.greeting.visit(scope, headers)
        scope[SCOPE_KEY], scope[PAGES_KEY] = visit, self.greeting.pages
        scope[SEEN_KEY] = self.front + path_of(scope)
        if note := CURRENT.get():
            note.request_id = visit.circumstance.request_id
        scheme = self.greeting.scheme(scope, headers)
        if scope["type"] == "websocket":
            await self._websocket(scope, headers, visit, scheme, receive, send)
            return
        scope["scheme"] = scheme  # whoever builds a link further in builds it as the client sees us
        await self._http(scope, headers, visit, receive, partial(self._send, send, visit, scheme))

    async def _websocket(self, scope: Scope, headers: Headers, visit: Visit, scheme: str, receive: Receive, send: Send) -> None:
        try:
            if refusal := self._refused(scope, headers):
                raise refusal
            visit = await self.greeting.known(visit, headers)
            if refusal := self.greeting.on_a_socket(visit, headers, scheme):
                raise refusal
            scope[SCOPE_KEY] = visit
        except Refusal:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
            return
        await self.app(scope, receive, send)

    async def _http(self, scope: Scope, headers: Headers, visit: Visit, receive: Receive, send: Send) -> None:
        started, status = False, 0

        async def noting(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
            await send(message)

        try:
            if refusal := self._refused(scope, headers):
                await self._refuse(refusal, scope, receive, noting)
                return
            scope[AGAIN_KEY] = partial(self.greeting.known, visit, headers)
            scope[SCOPE_KEY] = self.greeting.proven(await self.greeting.known(visit, headers), headers, scope["scheme"])
            await self.app(scope, partial(self._limited, receive, [0]), noting)
            if status in REFUSED:
                await self._tell(scope, status)
        except Refusal as refusal:  # raised by recognition itself: the database is away
            if started:
                raise
            await self._refuse(refusal, scope, receive, send)
        except Exception:
            # The rim: recorded here with the request's id, and the caller learns nothing of the cause.
            log.exception("unhandled error in request %s", visit.circumstance.request_id)
            if started:
                raise
            response = trouble(scope, self.problems, 500, "internal_error")
            await response(scope, receive, send)

    async def _tell(self, scope: Scope, status: int) -> None:
        """After the answer. What somebody may not is told by whoever knows what it was."""
        code = refused_as()
        if (status != FORBIDDEN or code == CsrfDue.code) and self.greeting.watchman.minds(path_of(scope)):
            await scope[SCOPE_KEY].refused(code, route_of(scope))

    def _refused(self, scope: Scope, headers: Headers) -> Refusal | None:
        """What is refused before it is read."""
        if self.https_only and self.greeting.scheme(scope, headers) == "http" and path_of(scope) not in FROM_INSIDE:
            return HttpsRequired()
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self.body_limit:  # "²" is a digit, and no number
            return TooLarge(limit=self.body_limit)
        return None

    async def _refuse(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        response = refused(scope, self.problems, refusal)
        origin = self.greeting.pages.csrf.origin
        if isinstance(refusal, HttpsRequired) and scope["method"] in ("GET", "HEAD") and origin:
            # Only what carries no body is sent on: a redirect that forwards credentials teaches clients to send them in the clear.
            # To the address that was configured, never to the one in the Host header, which the caller writes.
            query = f"?{quote(scope['query_string'], safe=QUERY)}" if scope["query_string"] else ""
            response = Response(status_code=308, headers={"location": origin + quote(scope[SEEN_KEY]) + query})
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
            if receipts := visit.circumstance.receipts:
                headers["preference-applied"], headers["audit-receipt"] = "receipt", ", ".join(receipts)
            if self.https_only and scheme == "https":
                headers["strict-transport-security"] = STRICT_TRANSPORT
        await send(message)
