"""What people hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.people import me
from daemun.features.people.chores import chores_of
from daemun.features.people.desk import Desk
from daemun.plugin import Feature

HERE = Path(__file__).parent


def feature(desk: Desk) -> Feature:
    return Feature(
        "people",
        routers=(me.router(),),
        locale=HERE / "locale",
        letters=HERE / "letters",
        templates=HERE / "templates",
        chores=chores_of(desk),
    )
