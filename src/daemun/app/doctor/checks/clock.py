"""The clock, against those of the database and of the public address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from daemun.adapters.database import PostgresCondition
from daemun.adapters.onlooker import Seen
from daemun.app.doctor.examined import Examined
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, deviates, fails, unseen

SOME: Final = timedelta(seconds=2)
MUCH: Final = timedelta(seconds=30)
"""Tokens would be refused by other services, and codes that are good for thirty seconds by us."""
SYNCHRONISE: Final = Sentence(
    "두 컴퓨터에서 NTP를 켜십시오(timedatectl set-ntp true).", "Switch NTP on, on both machines (timedatectl set-ntp true)."
)


def judged(whose: Sentence, ahead: timedelta, unsure: timedelta) -> Iterator[Finding]:
    """What is within what we cannot know is no finding."""
    off = abs(ahead) - unsure
    if off > SOME:
        seconds = f"{abs(ahead).total_seconds():.1f}"
        say = fails if off > MUCH else deviates
        yield say(
            f"우리 시계가 {whose.ko}의 시계와 {seconds}초 다릅니다.",
            f"Our clock and that of {whose.en} are {seconds} seconds apart.",
            fix=SYNCHRONISE,
        )


def database(patient: Examined) -> Iterator[Finding]:
    if isinstance(patient.condition, PostgresCondition):
        yield from judged(Sentence("데이터베이스", "the database"), patient.condition.ahead, patient.condition.unsure)


def front(patient: Examined) -> Iterator[Finding]:
    seen = patient.outside.front
    told = _date(seen.headers.get("date", "")) if isinstance(seen, Seen) else None
    if told is None:
        yield unseen("공개 주소가 시각을 말하지 않았습니다.", "The public address told no time.")
        return
    # A whole second is what the header tells, and some went by on the way.
    yield from judged(Sentence("공개 주소", "the public address"), told - patient.now, timedelta(seconds=3))


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("clock.database", "시계가 데이터베이스와 맞습니다", "The clock agrees with the database's", database, (52,), needs="server"),
    Check("clock.front", "시계가 공개 주소와 맞습니다", "The clock agrees with the public address's", front, (52,), needs="network"),
)
