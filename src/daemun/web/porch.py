"""In front of somebody's own routes: we learn who calls, and answer what we refuse. Errors, headers, bodies and pages stay theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemun.core.actor import NOBODY
from daemun.core.errors import Refusal
from daemun.web.gate import HEADERS, POLICY_VIOLATION
from daemun.web.greeting import Greeting
from daemun.web.pageroute import PAGES_KEY, SEEN_KEY, refused
from daemun.web.pages import path_of
from daemun.web.problems import Problems
from daemun.web.visit import AGAIN_KEY, SCOPE_KEY, Visit

REQUEST_ID: Final = "x-request-id"


@dataclass(frozen=True, slots=True)
class Porch:
    app: ASGIApp
    greeting: Greeting
    problems: Problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        scheme = self.greeting.scheme(scope, headers)
        visit = await self._known(self.greeting.visit(scope, headers), headers)
        scope[PAGES_KEY], scope[SEEN_KEY] = self.greeting.pages, self.greeting.pages.outer + path_of(scope)
        if scope["type"] == "websocket":
            refusal = self.greeting.on_a_socket(visit, headers, scheme)
            scope[SCOPE_KEY] = visit if refusal is None else replace(visit, actor=NOBODY, refusal=refusal)
            await self._websocket(scope, receive, send)
            return
        scope[AGAIN_KEY] = partial(self._known, visit, headers)
        scope[SCOPE_KEY] = visit = self.greeting.proven(visit, headers, scheme)
        await self._http(scope, visit, receive, send)

    async def _known(self, visit: Visit, headers: Headers) -> Visit:
        """While the database is away nobody is known: what needs nobody goes on, what needs somebody is refused as unavailable."""
        try:
            return await self.greeting.known(visit, headers)
        except Refusal as refusal:
            return replace(visit, refusal=refusal)

    async def _http(self, scope: Scope, visit: Visit, receive: Receive, send: Send) -> None:
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).setdefault(REQUEST_ID, visit.circumstance.request_id)
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Refusal as refusal:
            if started:
                raise
            response = refused(scope, self.problems, refusal)
            for name, value in HEADERS:
                response.headers.setdefault(name, value)
            await response(scope, receive, noting)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        ended = False

        async def noting(message: Message) -> None:
            nonlocal ended
            ended = ended or message["type"] in ("websocket.close", "websocket.http.response.start")
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Refusal:
            if ended:
                raise
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
