"""Is it alive; may it be sent requests."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from sqlalchemy import literal, select

from daemun.ports.database import Transaction
from daemun.web.bodies import Body
from daemun.web.requires import public
from daemun.web.visit import CurrentVisit

PROBE = select(literal(1))


class Health(Body):
    status: Literal["ok"] = "ok"


def router() -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", dependencies=[public("says nothing but that the process answers")], summary="살아 있는지 · Alive")
    async def healthz() -> Health:
        return Health()

    @routes.get("/readyz", dependencies=[public("says nothing but that the database answers")], summary="준비됐는지 · Ready")
    async def readyz(visit: CurrentVisit) -> Health:
        await visit.read(_probe)
        return Health()

    return routes


def _probe(tx: Transaction) -> None:
    tx.one(PROBE)
