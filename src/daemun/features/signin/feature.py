"""What signing in hands over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from daemun.features.signin import pages, routes
from daemun.features.signin.door import Door
from daemun.features.signin.events import EVENTS
from daemun.plugin import Feature

HERE: Final = Path(__file__).parent
LOCALE: Final = HERE / "locale"


def feature(door: Door, *, docs: bool) -> Feature:
    """`docs`: whether the API's documentation page is served, so that the sign-in page may name it."""
    flows = routes.Flows.at(door)
    return Feature(
        "signin",
        routers=(routes.router(flows), pages.router(flows, docs=docs)),
        events=EVENTS,
        locale=LOCALE,
        sensitive=("/reauthenticate", "/auth/reauthenticate"),
        letters=HERE / "letters",
        templates=HERE / "templates",
    )
