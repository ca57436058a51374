"""Answers leave when what they say is so everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from daemun.adapters.database.memory import HOLD_SECONDS, replace
from daemun.adapters.database.shared import Order
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.ports.database import Database

AFTERWARDS: Final = Circumstance(method="INTERNAL", path="gate memory")


class Answers:
    """On the event loop of its database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: set[asyncio.Task[None]] = set()

    def give(self, order: Order[Any]) -> None:
        """At once, or after the hold: somewhere a process may still hold a lease on what this change could not be told."""
        if order.told is None or not order.told.leaving or order.error is not None:
            order.settle()
            return
        task = asyncio.create_task(self._later(order, order.told.leaving))
        self._held.add(task)
        task.add_done_callback(self._held.discard)

    def give_all(self, orders: Iterable[Order[Any]]) -> None:
        for order in orders:
            self.give(order)

    async def given(self) -> None:
        """Whatever is held has left."""
        await asyncio.gather(*self._held)

    async def _later(self, order: Order[Any], leaving: str) -> None:
        await asyncio.sleep(HOLD_SECONDS)
        with suppress(Unavailable):  # the next one who finds it so waits again, and then tries this
            await self._database.work(lambda work: replace(work, leaving, by=""), AFTERWARDS)
        order.settle()
