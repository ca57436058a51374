"""Is it alive; may it be sent requests."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Request
from sqlalchemy import literal, select

from daemun.core.errors import Unavailable
from daemun.ports.database import Transaction
from daemun.web.bodies import Body
from daemun.web.requires import public
from daemun.web.visit import CurrentVisit

LEAVING: Final = "daemun.leaving"
"""In the state that the server hands to every request: it has been told to stop, and goes on for a little while."""
PROBE = select(literal(1))


class Health(Body):
    status: Literal["ok"] = "ok"


def router() -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", dependencies=[public("says nothing but that the process answers")], summary="살아 있는지 · Alive")
    async def healthz() -> Health:
        return Health()

    @routes.get(
        "/readyz", dependencies=[public("says nothing but that the database answers, and that it stays")], summary="준비됐는지 · Ready"
    )
    async def readyz(request: Request, visit: CurrentVisit) -> Health:
        if request.scope.get("state", {}).get(LEAVING):
            raise Unavailable
        await visit.read(_probe)
        return Health()

    return routes


def _probe(tx: Transaction) -> None:
    tx.one(PROBE)
