"""What operators see of every request: numbers, a line in the log, a span. Outermost, so that nothing is answered unseen."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemun.core.measures import DURATION, REFUSALS, REQUESTS, RUNNING
from daemun.core.meter import Meter
from daemun.core.noted import CURRENT, Note
from daemun.core.scrubbing import scrubbed
from daemun.ports.tracer import Tracer
from daemun.web.requires import route_of

log: Final = logging.getLogger("daemun.requests")
METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
ASKED_ALL_THE_TIME: Final = frozenset(("/healthz", "/readyz", "/metrics"))
"""By machines: their lines would bury the others, and are told at the level debug."""
BROKEN: Final = 500


class Watch:
    def __init__(self, app: ASGIApp, *, meter: Meter, tracer: Tracer) -> None:
        self.app, self.meter, self.tracer = app, meter, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, note, begun = BROKEN, Note(), perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        marked = CURRENT.set(note)
        self.meter.add(RUNNING)
        with self.tracer.request(scope["method"], Headers(scope=scope)) as span:
            try:
                await self.app(scope, receive, noting)
            finally:
                route, took = route_of(scope), perf_counter() - begun
                self._count(scope["method"], route, status, note.code, took)
                self._tell(scope, route, status, note.code, took)
                if span:
                    span.answered(route, status, note.request_id, note.code)
                CURRENT.reset(marked)

    def _count(self, method: str, route: str, status: int, code: str, took: float) -> None:
        told, meter = method if method in METHODS else "other", self.meter
        meter.add(RUNNING, by=-1)
        meter.add(REQUESTS, told, route, str(status))
        meter.observe(DURATION, took, told, route)
        if code:
            meter.add(REFUSALS, code)

    def _tell(self, scope: Scope, route: str, status: int, code: str, took: float) -> None:
        level = logging.DEBUG if scope["path"] in ASKED_ALL_THE_TIME else logging.INFO
        if log.isEnabledFor(level):
            log.log(level, "request", extra={"fields": fields(scope, route, status, code, took)})


def fields(scope: Scope, route: str, status: int, code: str, took: float) -> Mapping[str, str | int | float]:
    """Without the query, which may hold the token of a link, and without the address, which is a person's."""
    told: dict[str, str | int | float] = {
        "method": scope["method"],
        "path": scrubbed(scope["path"]) if "@" in scope["path"] else scope["path"],
        "route": route,
        "status": status,
        "ms": round(took * 1000, 2),
    }
    return told | {"code": code} if code else told
