"""What sessions hand over."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

from daemun.features.sessions.events import EVENTS
from daemun.features.sessions.routes import router
from daemun.features.sessions.service import Sessions
from daemun.plugin import Background, Chore, Feature, Visit, Work

HERE = Path(__file__).parent


ENDED_ARE_KEPT = timedelta(days=30)


def feature(sessions: Sessions) -> Feature:
    return Feature(
        "sessions",
        routers=(router(sessions),),
        events=EVENTS,
        locale=HERE / "locale",
        migrations=HERE / "migrations",
        chores=(
            Chore(
                "sessions.sweep",
                timedelta(days=1),
                "끝난 지 30일이 지난 세션과 400일 동안 보지 못한 기기를 지웁니다.",
                "Deletes sessions that ended 30 days ago and devices not seen for 400.",
                partial(swept, sessions),
            ),
        ),
        about=sessions.about,
        background=(Background("sessions.touches", sessions.touches.keep_writing),),
    )


async def swept(sessions: Sessions, visit: Visit) -> int:
    """A bounded number at a time, so that nobody waits for the rest."""
    total = 0
    while count := await visit.work(_some, sessions):
        total += count
    return total


def _some(work: Work, sessions: Sessions) -> int:
    return sessions.sweep(work, work.now - ENDED_ARE_KEPT) + sessions.devices.sweep(work)
