"""`GET /metrics`: the numbers, for who may read them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, params
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from daemun.core.actor import Actor
from daemun.core.exposition import MEDIA_TYPE
from daemun.core.secret import Secret
from daemun.web.requires import Requires
from daemun.web.visit import visit_of

PERMISSION: Final = "metrics.read"
PATH: Final = "/metrics"


class ReadsMetrics(Requires):
    """Whoever brings the operator's token, which is nobody's session; or somebody with the permission."""

    def __init__(self, token: Secret | None) -> None:
        super().__init__(PERMISSION)
        self._token = token

    async def __call__(self, connection: HTTPConnection) -> Actor:
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if self._token is not None and scheme.lower() == "bearer" and self._token.matches(Secret(given.strip())):
            return visit_of(connection).actor
        return await super().__call__(connection)


def router(told: Callable[[], Awaitable[str]], token: Secret | None) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get(PATH, dependencies=[params.Depends(ReadsMetrics(token))], summary="운영 지표 · Metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        return Response(await told(), media_type=MEDIA_TYPE)

    return routes
