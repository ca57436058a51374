"""`GET /me`: asked all the time, and answered with what the gate has read for this very request."""

from __future__ import annotations

import json

from starlette.responses import Response

from daemun.features.identity import Someone
from daemun.plugin import APIRouter, Body, CurrentVisit, Unauthenticated, signed_in
from daemun.web.hot import HotRoute


class Me(Body):
    """The user as KRX shows one, and what they may do."""

    id: str
    user_id: str
    email: str
    name: str
    is_active: bool
    is_verified: bool
    created_at: str
    last_login_at: str | None
    roles: list[str]
    permissions: list[str]


def router() -> APIRouter:
    routes = APIRouter(tags=["me"], route_class=HotRoute)

    @routes.get("/me", dependencies=[signed_in(keys="too")], summary="내 정보 · Who am I", response_model=Me)
    async def me(visit: CurrentVisit) -> Response:
        if not isinstance(visit.actor, Someone):
            raise Unauthenticated
        return Response(_written(visit.actor), media_type="application/json")

    return routes


def _written(actor: Someone) -> bytes:
    user, seen = actor.user, actor.user.last_login_at
    return json.dumps(
        {
            "id": user.id,
            "user_id": user.handle,
            "email": user.email,
            "name": user.name,
            "is_active": user.is_active,
            "is_verified": user.email_verified,
            "created_at": user.created_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "last_login_at": seen and seen.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "roles": actor.roles,
            "permissions": sorted(actor.permissions),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
