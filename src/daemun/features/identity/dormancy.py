"""When somebody who has not come for long is told so, and when the account falls asleep. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from daemun.features.identity.days import day_of

Stage = Literal["first_notice", "last_notice", "sleep"]
NOTICES: Final[Mapping[Stage, int]] = {"first_notice": 0, "last_notice": 1, "sleep": 2}
"""How many notices went out before each."""


class Rules(Protocol):
    @property
    def sleep_after(self) -> timedelta: ...

    @property
    def sleep_first_notice(self) -> timedelta: ...

    @property
    def sleep_last_notice(self) -> timedelta: ...


class Sleeper(Protocol):
    @property
    def active_on(self) -> int: ...

    @property
    def sleep_notices(self) -> int: ...

    @property
    def noticed_on(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Due:
    """Whom a stage is for: idle since that day, with so many notices, the last of them on that day or before."""

    idle_since: int
    notices: int
    noticed_by: int


def due(stage: Stage, now: datetime, rules: Rules) -> Due:
    """Counted from the notice as well: after years without housekeeping nobody falls asleep on the day of the first letter."""
    today, first, last = day_of(now), rules.sleep_first_notice.days, rules.sleep_last_notice.days
    idle = today - rules.sleep_after.days
    match stage:
        case "first_notice":
            return Due(idle + first, 0, today)
        case "last_notice":
            return Due(idle + last, 1, today - (first - last))
        case "sleep":
            return Due(idle, 2, today - last)


def days_left(sleeper: Sleeper, stage: Stage, now: datetime, rules: Rules) -> int:
    """How long after this notice the account falls asleep, when nobody comes: never sooner than the notice promises."""
    before = rules.sleep_first_notice if stage == "first_notice" else rules.sleep_last_notice
    return max(sleeper.active_on + rules.sleep_after.days - day_of(now), before.days)


def is_idle(sleeper: Sleeper, now: datetime, rules: Rules) -> bool:
    """Whether this account may fall asleep now."""
    wanted = due("sleep", now, rules)
    return (
        rules.sleep_after > timedelta(0)
        and sleeper.active_on <= wanted.idle_since
        and sleeper.sleep_notices >= wanted.notices
        and sleeper.noticed_on is not None
        and sleeper.noticed_on <= wanted.noticed_by
    )
