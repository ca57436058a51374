"""That a browser session was used, written down later and together: no request waits for it, and none fails by it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Self

from daemun.core.errors import Refusal
from daemun.features.sessions import store
from daemun.features.sessions.models import LiveSession
from daemun.features.sessions.settings import SessionSettings
from daemun.ports.database import MICROSECOND, Work
from daemun.web.visit import Visit

log = logging.getLogger("daemun.sessions")
MOST: Final = 10_000
AT_ONCE: Final = 500
EVERY_SECONDS: Final = 1.0
STEP: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Use:
    session_id: str
    at: int
    aal: int


@dataclass(frozen=True, slots=True)
class Touches:
    """Bounded: a use that finds no place is noted at the next request. A process that dies takes a second of them along, which costs
    an idle end that comes a second early."""

    short: int
    long: int
    """Idle times, without and with "remember me", in microseconds; so is `step`."""
    step: int
    _noted: dict[str, Use] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, rules: SessionSettings) -> Self:
        short, long = rules.browser_idle // MICROSECOND, rules.remember_idle // MICROSECOND
        return cls(short, long, min(STEP // MICROSECOND, short // 20, long // 20))

    def note(self, live: LiveSession, now: int) -> None:
        """Cheap, because every request asks it; writes nothing."""
        if self.is_due(live, now) and len(self._noted) < MOST:
            self._noted[live.id] = Use(live.id, now, live.aal(now))

    def is_due(self, live: LiveSession, now: int) -> bool:
        """Once a minute, or twenty times within an idle time that is shorter."""
        return now - live.used >= self.step

    async def write(self, visit: Visit) -> int:
        """All that is noted, a bounded number in one story; how many were news."""
        written = 0
        while self._noted:
            some = [self._noted.pop(each) for each in sorted(self._noted)[:AT_ONCE]]
            written += await visit.work(self._write, some)
        return written

    async def keep_writing(self, visit: Visit) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.write(visit)
            except Refusal as refusal:  # the database is away: the session is due again at its next use
                log.warning("the use of sessions was not written: %s", refusal.code)

    def touch(self, work: Work, use: Use) -> bool:
        """Puts the idle end off (NIST SP 800-63B-4 5.2), and lowers what has lapsed meanwhile: use does not bring it back."""
        before = use.at - self.step
        return store.touch(work, use.session_id, at=use.at, before=before, level=use.aal, short=self.short, long=self.long)

    def _write(self, work: Work, uses: list[Use]) -> int:
        return sum(self.touch(work, each) for each in uses)
