"""Ways back in: by a letter, told alike to everybody who asks."""

from __future__ import annotations

from daemun.features.people.desk import Desk
from daemun.features.people.recovery import link_pages, pages, routes
from daemun.plugin import APIRouter

__all__ = ["routers"]


def routers(desk: Desk) -> tuple[APIRouter, ...]:
    return tuple(each.router(desk) for each in (routes, pages, link_pages))
