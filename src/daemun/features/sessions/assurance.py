"""How sure it still is that it is them. Pure.

Computed from what happened, and never higher than the event it comes from (NIST SP 800-63B-4 5.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Bound:
    overall: timedelta
    idle: timedelta


BOUNDS: Final[Mapping[int, Bound]] = {
    2: Bound(timedelta(hours=24), timedelta(hours=1)),  # NIST SP 800-63B-4 2.2.3
    3: Bound(timedelta(hours=12), timedelta(minutes=15)),  # 2.3.3
}


@dataclass(frozen=True, slots=True)
class Assured:
    """What was proven (`amr`: RFC 8176), how much it is worth, and since when."""

    aal: int
    amr: str
    at: datetime


def assurance(aal: int, assured_at: datetime, used_at: datetime, now: datetime) -> int:
    """The highest level whose bounds still hold; a lower one follows from it, and level 1 lasts as long as the session."""
    kept = (level for level in range(aal, 1, -1) if _holds(BOUNDS[level], assured_at, used_at, now))
    return next(kept, 1)


def proven_again(before: Assured, used_at: datetime, proven: Assured) -> Assured:
    """Less than what still holds takes nothing away, and does not make it last longer either."""
    held = assurance(before.aal, before.at, used_at, proven.at)
    return proven if proven.aal >= held else Assured(held, before.amr, before.at)


def _holds(bound: Bound, assured_at: datetime, used_at: datetime, now: datetime) -> bool:
    return now - assured_at < bound.overall and now - used_at < bound.idle
