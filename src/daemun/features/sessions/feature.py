"""What sessions hand over."""

from __future__ import annotations

from pathlib import Path

from daemun.features.sessions.events import EVENTS
from daemun.features.sessions.routes import router
from daemun.features.sessions.service import Sessions
from daemun.plugin import Feature

HERE = Path(__file__).parent


def feature(sessions: Sessions) -> Feature:
    return Feature("sessions", routers=(router(sessions),), events=EVENTS, locale=HERE / "locale", migrations=HERE / "migrations")
