"""Looking after people: what administrators see and do, and how accounts come about by them."""

from __future__ import annotations

from daemun.features.people.administration import invitation_routes, joining_pages, key_routes, routes, session_routes, standing_routes
from daemun.features.people.administration.routes import PERMISSIONS
from daemun.features.people.desk import Desk
from daemun.plugin import APIRouter

__all__ = ["PERMISSIONS", "routers"]


def routers(desk: Desk) -> tuple[APIRouter, ...]:
    return tuple(each.router(desk) for each in (routes, standing_routes, session_routes, key_routes, invitation_routes, joining_pages))
