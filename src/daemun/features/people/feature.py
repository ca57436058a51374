"""What people hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.people import (
    admin_routes,
    invitation_routes,
    joining_pages,
    link_pages,
    me,
    own_data_pages,
    own_pages,
    own_routes,
    own_session_pages,
    recovery_pages,
    recovery_routes,
    session_routes,
    standing_routes,
)
from daemun.features.people.chores import chores_of
from daemun.features.people.desk import Desk
from daemun.features.people.events import ADMINISTRATION, RECOVERY_ASKED
from daemun.features.people.own import Own
from daemun.features.people.own_events import OWN_EVENTS
from daemun.plugin import APIRouter, Feature

HERE = Path(__file__).parent


def feature(desk: Desk) -> Feature:
    own = Own.of(desk)
    mine = (own_routes.router(own), own_pages.router(own), own_session_pages.router(own), own_data_pages.router(own))
    back = (recovery_routes.router(desk), recovery_pages.router(desk), link_pages.router(desk))
    return Feature(
        "people",
        routers=(me.router(), *mine, *back, *administration(desk)),
        permissions=admin_routes.PERMISSIONS,
        events=(RECOVERY_ASKED, *ADMINISTRATION, *OWN_EVENTS),
        locale=HERE / "locale",
        letters=HERE / "letters",
        templates=HERE / "templates",
        chores=chores_of(desk),
    )


def administration(desk: Desk) -> tuple[APIRouter, ...]:
    return tuple(each.router(desk) for each in (admin_routes, standing_routes, session_routes, invitation_routes, joining_pages))
