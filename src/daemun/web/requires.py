"""Authorisation is declared on the route. A route that declares nothing is not served."""

from __future__ import annotations

from fastapi import params
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from daemun.core.actor import Actor
from daemun.core.errors import Denied, Unauthenticated
from daemun.web.visit import visit_of


class Requires(SecurityBase):
    """Lets those pass who are known and hold the permission; None asks for being known alone."""

    def __init__(self, permission: str | None) -> None:
        self.permission = permission
        self.model = BearerModel(bearerFormat="JWT")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection) -> Actor:
        visit = visit_of(connection)
        if visit.refusal is not None:
            raise visit.refusal
        if not visit.actor.is_known:
            raise Unauthenticated
        if self.permission is not None and not visit.actor.may(self.permission):
            raise Denied(permission=self.permission)
        return visit.actor


class Public:
    """Says on purpose that anybody may call, and why that is safe."""

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self) -> None:
        return None


def requires(permission: str) -> params.Depends:
    return params.Depends(Requires(permission))


def signed_in() -> params.Depends:
    return params.Depends(Requires(None))


def public(why: str) -> params.Depends:
    return params.Depends(Public(why))


def guard_of(route: APIRoute) -> Requires | Public | None:
    """What a route declares; None when it declares nothing."""
    declared = [each.dependency for each in route.dependencies]
    return next((each for each in reversed(declared) if isinstance(each, Requires | Public)), None)
