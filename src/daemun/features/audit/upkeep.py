"""What every process does for the log beside its work: sees whether it keeps up, keeps what was put off, and accounts for numbers that
came to nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from daemun.core.event import Happening
from daemun.features.audit.service import UNKNOWN_AFTER, Audit
from daemun.features.audit.spilling import Spilling
from daemun.plugin import Visit
from daemun.ports.database import Work
from daemun.ports.ledger import Fallen, Tally

FLUSHED_EVERY: Final = 0.25
FLUSHED_AT_ONCE: Final = 256
LOOKS: Final = 60
"""Flushes between two looks at numbers nobody accounted for."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    audit: Audit
    spilling: Spilling | None = None

    async def run(self, visit: Visit) -> None:
        """Until cancelled; what was put off is kept first."""
        try:
            while True:
                if self.spilling:
                    await self.spilling.take_in(visit)
                await self.account(visit)
                for _ in range(LOOKS):
                    await asyncio.sleep(FLUSHED_EVERY)
                    await self.audit.pressure.look(visit.database)
                    if not self.audit.pressure.is_behind:
                        await self.flush(visit)
        finally:
            await self.flush(visit)

    async def flush(self, visit: Visit) -> None:
        """Keeps what was put off. What is not durable stays."""
        shed = self.audit.shed
        while shed.waiting or shed.dropped:
            batch, dropped = [shed.waiting[at] for at in range(min(FLUSHED_AT_ONCE, len(shed.waiting)))], shed.dropped
            await visit.work(self._flushed, batch, dropped)
            for _ in batch:
                shed.waiting.popleft()
            shed.dropped -= dropped

    async def account(self, visit: Visit) -> None:
        """Says openly which numbers of this process, and of processes that fell, will never be seen."""
        await visit.work(self._given_up)
        for fallen in await asyncio.to_thread(self._tally.fallen):
            await visit.work(self._closed, fallen)
            await asyncio.to_thread(self._tally.bury, fallen.boot)

    @property
    def _tally(self) -> Tally:
        return self.audit.scribe.tally

    def _flushed(self, work: Work, batch: Sequence[Happening], dropped: int) -> None:
        for happening in batch:
            self.audit.keep(work, happening)
        if dropped:
            self.audit.control(work, "gap", why="shed", count=dropped)

    def _given_up(self, work: Work) -> None:
        numbers = self._tally.overdue(work.now - UNKNOWN_AFTER)
        if numbers:
            self.audit.control(work, "gap", why="undone", boot=self._tally.boot, numbers=ranges(numbers))
            work.after_commit(lambda: self._tally.settle(*numbers))

    def _closed(self, work: Work, fallen: Fallen) -> None:
        self.audit.control(work, "gap", why="crash", boot=fallen.boot, numbers=[[fallen.sure, fallen.claimed]])


def ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Sorted numbers as [first, one past the last] each."""
    found = list[list[int]]()
    for number in sorted(numbers):
        if found and found[-1][1] == number:
            found[-1][1] = number + 1
        else:
            found.append([number, number + 1])
    return found
