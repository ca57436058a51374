"""Sliding-log limits: exact, and small because the limits of a gate are small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` counted things within any `window`."""

    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Allowance:
    """A limit as those may know it whom it limits. `wait`: the seconds until there is room again, told when there is none."""

    name: str
    limit: Limit
    wait: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit, and what it counts for: an account, an address, both together."""

    key: str
    limit: Limit


def recent(times: Sequence[datetime], limit: Limit, now: datetime) -> list[datetime]:
    """Those that still count, oldest first."""
    return sorted(each for each in times if each > now - limit.window)


def wait(times: Sequence[datetime], limit: Limit, now: datetime) -> int | None:
    """None when one more fits; else the whole seconds until it will, at least 1."""
    counted = recent(times, limit, now)
    if len(counted) < limit.most:
        return None
    frees_at = counted[len(counted) - limit.most] + limit.window
    return max(1, ceil((frees_at - now).total_seconds()))
