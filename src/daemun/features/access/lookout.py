"""Who asked for what they may not, and who looked at what is sensitive: told once a minute for each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from daemun.core.actor import Actor
from daemun.core.address import truncated
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.event import Event
from daemun.features.access.events import ACCESS_DENIED, SENSITIVE_REFUSED, SENSITIVE_SEEN
from daemun.ports.database import Database, Work
from daemun.ports.system import Clock

log = logging.getLogger("daemun.access")
ONCE_IN: Final = timedelta(minutes=1)
REMEMBERED: Final = 4096
STRANGERS: Final = 60
"""Events a minute about nobody in particular, however many addresses they come from."""


@dataclass(slots=True)
class Lately:
    """The bound is this process's own and costs no write: a loop that is refused must stay cheaper than one that is served. Several
    processes tell as many times as they are."""

    clock: Clock
    _told: dict[Hashable, datetime] = field(default_factory=dict, init=False, repr=False)

    def was_told(self, key: Hashable) -> bool:
        last = self._told.get(key)
        return last is not None and timedelta() <= self.clock.now() - last < ONCE_IN

    def tell(self, key: Hashable) -> None:
        self._told.pop(key, None)
        self._told[key] = self.clock.now()
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]  # what was told longest ago

    def is_news(self, key: Hashable) -> bool:
        news = not self.was_told(key)
        if news:
            self.tell(key)
        return news


@dataclass(slots=True)
class Lookout:
    """`paths`: what is sensitive, and all that lies under it."""

    clock: Clock
    paths: tuple[str, ...] = ()
    lost: int = 0
    _refusals: Lately = field(init=False, repr=False)
    _readings: Lately = field(init=False, repr=False)
    _minute: datetime | None = field(default=None, init=False)
    _strangers: int = field(default=0, init=False)
    _unsaid: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._refusals, self._readings = Lately(self.clock), Lately(self.clock)

    def minds(self, path: str) -> bool:
        return any(path == each or path.startswith(f"{each}/") for each in self.paths)

    async def denied(self, database: Database, circumstance: Circumstance, actor: Actor, permission: str, path: str) -> None:
        if self._refusals.is_news((str(actor), permission)):
            await self._tell(database, circumstance, lambda at: ACCESS_DENIED.by(actor, at, permission=permission, path=path))

    async def refused(self, database: Database, circumstance: Circumstance, actor: Actor, code: str, path: str) -> None:
        if not self._is_worth_telling(circumstance, actor, code, path):
            self._unsaid += 1
            return
        unsaid, self._unsaid = self._unsaid, 0
        await self._tell(database, circumstance, lambda at: SENSITIVE_REFUSED.by(actor, at, code=code, path=path, unsaid=unsaid))

    async def seen(self, database: Database, circumstance: Circumstance, actor: Actor, permission: str, path: str) -> None:
        key = (str(actor), circumstance.path)
        if self._readings.was_told(key):
            return
        await _said(database, circumstance, lambda at: SENSITIVE_SEEN.by(actor, at, permission=permission, path=path))
        self._readings.tell(key)  # only now: what could not be told is not shown the next time either

    def _is_worth_telling(self, circumstance: Circumstance, actor: Actor, code: str, path: str) -> bool:
        if actor.is_known:
            return self._refusals.is_news((str(actor), code, path))
        # Addresses cost an attacker nothing, so they are counted by their networks, and all of them together have a bound.
        news = self._refusals.is_news((truncated(circumstance.address), code, path))
        return news and self._has_room()

    def _has_room(self) -> bool:
        now = self.clock.now()
        if self._minute is None or not timedelta() <= now - self._minute < ONCE_IN:
            self._minute, self._strangers = now, 0
        self._strangers += 1
        return self._strangers <= STRANGERS

    async def _tell(self, database: Database, circumstance: Circumstance, event: Callable[[datetime], Event]) -> None:
        try:
            await _said(database, circumstance, event)
        except Unavailable:
            # Nothing was let in, so nothing fails open: the refusal stands without its record.
            self.lost += 1
            log.exception("a refusal could not be recorded (%d so far)", self.lost)


async def _said(database: Database, circumstance: Circumstance, event: Callable[[datetime], Event]) -> None:
    def story(work: Work) -> None:
        work.publish(event(work.now))

    await database.work(story, circumstance)
