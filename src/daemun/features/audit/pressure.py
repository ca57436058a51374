"""Whether the log keeps up with what is written for it. Every process looks for itself, a few times a second: nobody who writes counts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from daemun.core.errors import Unavailable
from daemun.features.audit import store
from daemun.features.audit.settings import AuditSettings
from daemun.ports.database import Database

log = logging.getLogger("daemun.audit")
COUNTED: Final = 1_000_000


@dataclass(slots=True)
class Pressure:
    """Behind: more than `most` wait, or the same one has been the next for longer than `longest` seconds. Clocks of other machines have
    no say in that; who leads takes up to 4,096 at a time, so with fewer waiting the next one is as old as any."""

    most: int
    longest: float
    brake: float
    pace: Callable[[], float] = monotonic
    """Seconds of a clock that nobody sets."""
    is_behind: bool = False
    depth: int = 0
    """How many waited at the last look, counted up to one more than `most`."""
    _next: bytes = field(default=b"", repr=False)
    _since: float = 0.0

    @classmethod
    def of(cls, chosen: AuditSettings) -> Pressure:
        return cls(chosen.behind, chosen.behind_for.total_seconds(), chosen.brake.total_seconds())

    async def look(self, database: Database) -> None:
        """Costs one short question. Where it cannot be asked nothing is written either, and whoever writes is told by the database."""
        try:
            (found,) = await database.glance(store.LINE, most=min(self.most, COUNTED) + 1)
        except Unavailable:
            return
        depth, head = found or (0, None)
        self.note(depth, bytes(head or b""))

    def note(self, depth: int, head: bytes) -> None:
        now, was_behind = self.pace(), self.is_behind
        if head != self._next:
            self._next, self._since = head, now
        self.depth = depth
        self.is_behind = depth > self.most or (depth > 0 and now - self._since > self.longest)
        if self.is_behind and not was_behind:
            log.warning("the audit log is behind: %d entries wait for their place, the next for %.1f s", depth, now - self._since)
        elif was_behind and not self.is_behind:
            log.warning("the audit log keeps up again")

    def pause(self) -> float:
        """Seconds a story that writes waits before it begins: outside of any transaction, and on nobody's time but its own."""
        return self.brake if self.is_behind else 0.0
