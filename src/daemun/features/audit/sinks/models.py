"""A destination, how far it is, and what it would not take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from daemun.features.audit.sinks.settings import Personal
from daemun.ports.sinks import Sink


@dataclass(frozen=True, slots=True)
class Outlet:
    """`most` entries go together at the most, and those that came within `every` go together."""

    name: str
    sink: Sink
    personal: Personal
    most: int
    every: timedelta = timedelta(0)
    where: str = ""
    """For people to read."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a destination is. `until`: the end of what is on its way, or failed: it keeps its bounds until it arrives."""

    name: str
    next: int = 0
    until: int | None = None
    tries: int = 0
    next_at: datetime | None = None
    leased_by: str | None = None
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    delivered: int = 0
    failed: int = 0
    error: str | None = None
    error_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Entries that a destination did not take: they stay in the log, and wait for somebody to decide."""

    id: str
    sink: str
    first: int
    end: int
    error: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """What one process alone may send now."""

    name: str
    me: str
    first: int
    end: int
    tries: int


@dataclass(frozen=True, slots=True)
class SinkState:
    """A destination as one may show it."""

    name: str
    where: str
    personal: Personal
    cursor: Cursor
    behind: int
    dead: int

    @property
    def is_well(self) -> bool:
        return not self.dead and not self.cursor.tries
