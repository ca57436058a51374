"""That a key was used, written down later and together; and that a dead one was tried, which is told of once in a while."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from daemun.core.actor import Actor
from daemun.core.address import truncated
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.features.apikeys import store
from daemun.features.apikeys.events import API_KEY_DEAD_USED
from daemun.features.apikeys.models import LiveKey
from daemun.ports.database import MICROSECOND, Work
from daemun.web.visit import Visit

log = logging.getLogger("daemun.apikeys")
MOST: Final = 10_000
AT_ONCE: Final = 500
EVERY_SECONDS: Final = 1.0
STEP: Final = timedelta(minutes=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Use:
    key_id: str
    at: int
    address: str


@dataclass(frozen=True, slots=True)
class DeadUse:
    """Somebody goes on with a key that is over: a job that nobody told, or whoever it was taken from."""

    key: LiveKey
    reason: str
    seen: Circumstance


@dataclass(frozen=True, slots=True)
class Uses:
    """Bounded, and this process's own: what finds no place is noted at the next request; a process that dies takes a second along."""

    _noted: dict[str, Use] = field(default_factory=dict, repr=False)
    _dead: dict[str, DeadUse] = field(default_factory=dict, repr=False)
    _told: dict[str, int] = field(default_factory=dict, repr=False)
    """When each dead key was last told of."""

    def note(self, key: LiveKey, now: int, seen: Circumstance) -> None:
        """Cheap, because every request asks it; writes nothing. Once a minute."""
        if (key.used is None or now - key.used >= STEP) and len(self._noted) < MOST:
            self._noted[key.id] = Use(key.id, now, truncated(seen.address))

    def note_dead(self, key: LiveKey, reason: str, now: int, seen: Circumstance) -> None:
        last = self._told.get(key.id)
        if (last is None or now - last >= STEP) and len(self._dead) < MOST:
            self._dead[key.id] = DeadUse(key, reason, seen)
            self._told.pop(key.id, None)
            self._told[key.id] = now
            if len(self._told) > MOST:
                del self._told[next(iter(self._told))]  # whoever has been quiet for longest

    async def write(self, visit: Visit) -> int:
        """All that is noted, a bounded number in one story; how many uses were news."""
        written = 0
        while self._noted:
            some = [self._noted.pop(each) for each in sorted(self._noted)[:AT_ONCE]]
            written += await visit.work(_used, some)
        for key_id in sorted(self._dead):
            tried = self._dead.pop(key_id)
            await visit.database.work(lambda work, tried=tried: _tell(work, tried), tried.seen)  # type: ignore[misc]  # mypy infers no default of a lambda
        return written

    async def keep_writing(self, visit: Visit) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.write(visit)
            except Refusal as refusal:  # the database is away: the key is due again at its next use
                log.warning("the use of API keys was not written: %s", refusal.code)


def _used(work: Work, uses: list[Use]) -> int:
    return sum(store.use(work, each.key_id, at=each.at, before=each.at - STEP, address=each.address) for each in uses)


def _tell(work: Work, tried: DeadUse) -> None:
    actor = Actor("token", tried.key.id, holder=tried.key.user_id)
    work.publish(API_KEY_DEAD_USED.by(actor, work.now, resource_id=tried.key.id, target=tried.key.user_id, reason=tried.reason))
