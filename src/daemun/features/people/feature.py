"""What people hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.people import link_pages, me, recovery_pages, recovery_routes
from daemun.features.people.chores import chores_of
from daemun.features.people.desk import Desk
from daemun.features.people.events import RECOVERY_ASKED
from daemun.plugin import Feature

HERE = Path(__file__).parent


def feature(desk: Desk) -> Feature:
    return Feature(
        "people",
        routers=(me.router(), recovery_routes.router(desk), recovery_pages.router(desk), link_pages.router(desk)),
        events=(RECOVERY_ASKED,),
        locale=HERE / "locale",
        letters=HERE / "letters",
        templates=HERE / "templates",
        chores=chores_of(desk),
    )
