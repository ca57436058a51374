"""What sessions hand over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

from daemun.core.measures import SESSIONS
from daemun.features.sessions import store
from daemun.features.sessions.events import EVENTS
from daemun.features.sessions.models import SessionKind
from daemun.features.sessions.routes import router
from daemun.features.sessions.service import Sessions
from daemun.plugin import Background, Chore, Feature, Number, Transaction, Visit, Work

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
        numbers=_numbers,
        background=(Background("sessions.touches", sessions.touches.keep_writing),),
    )


def _numbers(tx: Transaction) -> Iterable[Number]:
    found = store.alive(tx)
    kinds: tuple[SessionKind, ...] = ("tokens", "browser")
    return [(SESSIONS, found.get(kind, 0), (kind,)) for kind in kinds]


async def swept(sessions: Sessions, visit: Visit) -> int:
    """A bounded number at a time, so that nobody waits for the rest."""
    total = 0
    while count := await visit.work(_some, sessions):
        total += count
    return total


def _some(work: Work, sessions: Sessions) -> int:
    return sessions.sweep(work, work.now - ENDED_ARE_KEPT) + sessions.devices.sweep(work)
