"""A route that does nothing, behind the same gate: what an answer costs before it does anything."""

from __future__ import annotations

from starlette.responses import Response

from daemun.plugin import APIRouter, Feature, Kit, public

PATH = "/bench/empty"


def plug(kit: Kit) -> Feature:
    routes = APIRouter(tags=["bench"])

    @routes.get(PATH, dependencies=[public("says nothing")], response_class=Response)
    async def empty() -> Response:
        return Response(b"{}", media_type="application/json")

    return Feature("bench", routers=(routes,))
