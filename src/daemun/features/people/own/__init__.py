"""One's own account: what people see and change of themselves."""

from __future__ import annotations

from daemun.features.people.desk import Desk
from daemun.features.people.own import data_pages, key_pages, key_routes, pages, routes, session_pages
from daemun.features.people.own.account import Own
from daemun.features.people.own.events import OWN_EVENTS as EVENTS
from daemun.plugin import APIRouter

__all__ = ["EVENTS", "routers"]


def routers(desk: Desk) -> tuple[APIRouter, ...]:
    own = Own.of(desk)
    return tuple(each.router(own) for each in (routes, key_routes, pages, session_pages, key_pages, data_pages))
