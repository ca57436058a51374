"""A database whose time is measured, and whose stories leave a trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.event import Happening
from daemun.core.measures import DATABASE, DATABASE_POOL, DATABASE_REFUSED, DATABASE_RUNNING, DATABASE_SLOWED
from daemun.core.meter import Meter
from daemun.ports.database import Database, DialectName, Dispatch, Full, Transaction, Work
from daemun.ports.tracer import Tracer

T = TypeVar("T")


class Measured:
    """`inner`, with numbers for what is read and written. Glances cost too little to be measured: they pass untouched.

    `pause`: for how many seconds a story waits before it begins, so that what comes after it keeps up.
    """

    def __init__(self, inner: Database, meter: Meter, tracer: Tracer, *, pool: int, pause: Callable[[], float]) -> None:
        self._inner, self._meter, self._tracer, self._pool, self._pause = inner, meter, tracer, pool, pause
        self.aside: Callable[[Sequence[Happening]], bool] = nowhere
        """Where what a story tells is kept when the disk is full. Blocks; False: it is not kept."""
        self.dialect: DialectName = inner.dialect
        self.glance = inner.glance
        self.survey = inner.survey

    async def start(self, dispatch: Dispatch) -> None:
        self._meter.put(DATABASE_POOL, self._pool)
        await self._inner.start(dispatch)

    async def stop(self) -> None:
        await self._inner.stop()

    async def read(self, query: Callable[[Transaction], T]) -> T:
        with self._measuring("read"), self._tracer.span("database.read", query):
            return await self._inner.read(query)

    async def work(self, story: Callable[[Work], T], circumstance: Circumstance) -> T:
        if seconds := self._pause():
            self._meter.add(DATABASE_SLOWED)
            await asyncio.sleep(seconds)
        with self._measuring("work"), self._tracer.span("database.work", story):
            try:
                return await self._inner.work(story, circumstance)
            except Full as full:
                if not await asyncio.to_thread(self.aside, full.told):
                    raise
                return None  # type: ignore[return-value]  # what spills is told by stories that answer nothing

    @contextmanager
    def _measuring(self, kind: str) -> Iterator[None]:
        meter, begun = self._meter, perf_counter()
        meter.add(DATABASE_RUNNING, kind)
        try:
            yield
        except Unavailable:
            meter.add(DATABASE_REFUSED, kind)
            raise
        finally:
            meter.add(DATABASE_RUNNING, kind, by=-1)
            meter.observe(DATABASE, perf_counter() - begun, kind)


def nowhere(told: Sequence[Happening]) -> bool:  # noqa: ARG001 - whoever keeps something aside is told what
    return False
