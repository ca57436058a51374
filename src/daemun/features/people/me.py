"""`GET /me`: the hottest page of all, so it is one read and one small answer."""

from __future__ import annotations

import json

from starlette.responses import Response

from daemun.core.actor import Actor
from daemun.features.access import Access
from daemun.features.identity import Identity, User
from daemun.plugin import APIRouter, Body, CurrentVisit, Transaction, Unauthenticated, signed_in


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


def router(identity: Identity, access: Access) -> APIRouter:
    routes = APIRouter(tags=["me"])

    def about(tx: Transaction, user_id: str) -> tuple[User | None, tuple[str, ...]]:
        return identity.user(tx, user_id), access.roles_of(tx, user_id)

    @routes.get("/me", dependencies=[signed_in()], summary="내 정보 · Who am I", response_model=Me)
    async def me(visit: CurrentVisit) -> Response:
        user, roles = await visit.read(about, visit.actor.id)
        if user is None:
            raise Unauthenticated
        return Response(_written(user, roles, visit.actor), media_type="application/json")

    return routes


def _written(user: User, roles: tuple[str, ...], actor: Actor) -> bytes:
    seen = user.last_login_at
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
            "roles": roles,
            "permissions": sorted(actor.permissions),
        },
        ensure_ascii=False,
    ).encode()
