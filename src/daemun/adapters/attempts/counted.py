"""Tries, counted once more: for the operator's numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from daemun.core.errors import Unavailable
from daemun.core.measures import ATTEMPTS
from daemun.core.meter import Meter
from daemun.core.ratelimit import Bound
from daemun.ports.attempts import Attempts, Blocked, Reserved
from daemun.ports.database import Work


class CountedAttempts:
    """`inner`, and what came of each try."""

    def __init__(self, inner: Attempts, meter: Meter) -> None:
        self.inner, self._meter = inner, meter

    async def reserve(self, bounds: Sequence[Bound]) -> Reserved | Blocked:
        try:
            found = await self.inner.reserve(bounds)
        except Unavailable:
            self._meter.add(ATTEMPTS, "unavailable")
            raise
        self._meter.add(ATTEMPTS, "blocked" if isinstance(found, Blocked) else "reserved")
        return found

    async def forgive(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> None:
        await self.inner.forgive(reserved, clear=clear)
        self._meter.add(ATTEMPTS, "forgiven")

    def forgiving(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> Callable[[Work], None] | None:
        step = self.inner.forgiving(reserved, clear=clear)
        if step is None:
            return None

        def told(work: Work) -> None:
            step(work)
            work.after_commit(lambda: self._meter.add(ATTEMPTS, "forgiven"))

        return told
