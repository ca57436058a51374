"""What people hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.people import me
from daemun.features.people.desk import Desk
from daemun.plugin import Feature

HERE = Path(__file__).parent


def feature(desk: Desk) -> Feature:  # noqa: ARG001 - the first story that is told at it takes this away
    return Feature(
        "people",
        routers=(me.router(),),
        locale=HERE / "locale",
        letters=HERE / "letters",
        templates=HERE / "templates",
    )
