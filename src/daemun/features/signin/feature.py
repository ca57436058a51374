"""What signing in hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.signin.events import LOGGED_IN
from daemun.features.signin.routes import Flows, router
from daemun.plugin import Feature

HERE = Path(__file__).parent


def feature(flows: Flows) -> Feature:
    return Feature("signin", routers=(router(flows),), events=(LOGGED_IN,), locale=HERE / "locale")
