"""What API keys hand over. How people meet them is the business of whoever looks after accounts."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

from daemun.features.apikeys.events import EVENTS
from daemun.features.apikeys.service import ApiKeys
from daemun.plugin import Background, Chore, Feature, Visit, Work

HERE = Path(__file__).parent
OVER_ARE_KEPT = timedelta(days=30)


def feature(keys: ApiKeys) -> Feature:
    return Feature(
        "apikeys",
        events=EVENTS,
        locale=HERE / "locale",
        migrations=HERE / "migrations",
        chores=(
            Chore(
                "apikeys.sweep",
                timedelta(days=1),
                "끝난 지 30일이 지난 API 키를 지웁니다.",
                "Deletes API keys that were over 30 days ago.",
                partial(swept, keys),
            ),
        ),
        about=keys.about,
        background=(Background("apikeys.uses", keys.uses.keep_writing),),
    )


async def swept(keys: ApiKeys, visit: Visit) -> int:
    """A bounded number at a time, so that nobody waits for the rest."""
    total = 0
    while count := await visit.work(_some, keys):
        total += count
    return total


def _some(work: Work, keys: ApiKeys) -> int:
    return keys.sweep(work, work.now - OVER_ARE_KEPT)
