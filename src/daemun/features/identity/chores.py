"""Housekeeping that needs nobody else: what is too old goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from daemun.features.identity.service import Identity
from daemun.plugin import Chore, Visit, Work

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
PORTION: Final = 1000


def chores_of(identity: Identity) -> tuple[Chore, ...]:
    return (
        Chore("links", HOUR, "지난 링크 지우기", "Delete links that are too old", _all(identity.links.sweep)),
        Chore("login_history", DAY, "오래된 로그인 기록 지우기", "Delete old login history", _all(identity.directory.forget_old)),
    )


def _all(sweep: Callable[[Work], int]) -> Callable[[Visit], Awaitable[int]]:
    """Portion by portion, so that others get their turn with the writer."""

    async def run(visit: Visit) -> int:
        done = 0
        while portion := await visit.work(sweep):
            done += portion
            if portion < PORTION:
                break
        return done

    return run
