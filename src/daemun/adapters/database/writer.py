"""The one thread of a process that writes to SQLite: a group of stories, one lock, one commit."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final

from sqlalchemy import Connection

from daemun.adapters.database.answers import Answers
from daemun.adapters.database.filelock import FileLock
from daemun.adapters.database.memory import Changes, Told
from daemun.adapters.database.shared import NotTheCaller, Order, Unit
from daemun.adapters.database.sqlitefile import is_away_for_writing, raw_of
from daemun.core.errors import Unavailable
from daemun.core.event import Happening
from daemun.ports.database import Dispatch
from daemun.ports.system import Clock, Entropy

GROUP: Final = 64
GROUP_SECONDS: Final = 0.005
log = logging.getLogger("daemun.database")


class GroupLost(Exception):
    """SQLite undid the whole transaction by itself: disk full, I/O error."""


class Writer:
    """Takes orders on the event loop and settles them there, after the commit that makes them durable."""

    def __init__(
        self,
        connection: Connection,
        lock: FileLock,
        dispatch: Dispatch,
        clock: Clock,
        entropy: Entropy,
        *,
        bound: int,
        patience: float,
        changes: Changes,
        answers: Answers,
    ) -> None:
        self._connection = connection
        self._raw = raw_of(connection)
        self._raw.execute("PRAGMA wal_autocheckpoint=1000")
        self._lock = lock
        self._dispatch = dispatch
        self._clock = clock
        self._entropy = entropy
        self._bound = bound
        self._patience = patience
        self._changes = changes
        self._answers = answers
        self._queue: SimpleQueue[Order[Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="daemun-writer", daemon=True)

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def take(self, order: Order[Any]) -> None:
        if self._queue.qsize() >= self._bound:
            raise Unavailable
        # A process that is stopped while it holds the file must not hold our callers too.
        order.patience = self._loop.call_later(self._patience, order.give_up)
        self._queue.put(order)

    async def finish(self) -> None:
        """Returns when all that was taken is settled."""
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._thread.join)

    def close(self) -> None:
        self._connection.close()

    def _serve(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            try:
                self._commit(group)
            except BaseException as error:  # whatever it was, every member is answered and the thread lives on
                log.warning("A group of %d stories was not committed", len(group), exc_info=error)
                self._undo_group()
                for order in group:
                    order.refuse(error)
            self._settle(group)

    def _commit(self, group: list[Order[Any]]) -> None:
        """Tells the first, and whoever joins it, in one transaction."""
        with self._lock:
            self._raw.execute("BEGIN IMMEDIATE")
            self._try(group[0])
            for order in self._arrivals():
                group.append(order)
                self._try(order)
            told = self._changes.before(self._raw, "sqlite", frozenset().union(*(each.changed for each in group)))
            self._raw.execute("COMMIT")
        self._hear([each for each in group if each.changed], told)

    def _hear(self, changing: list[Order[Any]], told: Told | None) -> None:
        """They are written. What cannot be said where the gate remembers, the database says."""
        try:
            if told and not self._changes.heard(told):
                with self._lock:
                    self._raw.execute("BEGIN IMMEDIATE")
                    told = self._changes.leave(self._raw, "sqlite")
                    self._raw.execute("COMMIT")
        except Exception as error:  # whatever it was: who cannot be told truly is told nothing
            log.warning("The gate's memory could not be left", exc_info=error)
            self._undo_group()
            for order in changing:
                order.refuse(error)
        for order in changing:
            order.told = told

    def _arrivals(self) -> Iterator[Order[Any]]:
        """What else is waiting, while the group is small and young."""
        until = monotonic() + GROUP_SECONDS
        for _ in range(GROUP - 1):
            try:
                order = self._queue.get_nowait()
            except Empty:
                return
            if order is None:
                self._queue.put(None)  # the end is seen again, after this group
                return
            yield order
            if monotonic() > until:
                return

    def _try(self, order: Order[Any]) -> None:
        if not order.claim():
            return
        unit = self._unit(order)
        self._raw.execute("SAVEPOINT story")
        try:
            order.result = order.story(unit)
            order.happenings = unit.told
            unit.tell(self._dispatch)
            self._raw.execute("RELEASE story")
            order.calls, order.changed = unit.calls, unit.changed
        except BaseException as error:
            self._undo_story()
            order.error = error
            if isinstance(error, NotTheCaller) or is_away_for_writing(error):
                order.refuse(error)
            if unit.witnessed:
                self._testify(order, unit.witnessed)

    def _testify(self, order: Order[Any], witnessed: list[Happening]) -> None:
        """The story is undone: what it witnessed is told all the same, or the caller hears `Unavailable`."""
        unit = self._unit(order)
        unit.told.extend(witnessed)
        self._raw.execute("SAVEPOINT story")
        try:
            unit.tell(self._dispatch)
            self._raw.execute("RELEASE story")
            order.calls, order.changed = unit.calls, unit.changed
        except BaseException as error:
            self._undo_story()
            order.refuse(error)

    def _unit(self, order: Order[Any]) -> Unit:
        return Unit(self._connection, self._raw, "sqlite", self._clock, self._entropy, order.circumstance)

    def _undo_story(self) -> None:
        if not self._raw.in_transaction:
            raise GroupLost
        self._raw.execute("ROLLBACK TO story")
        self._raw.execute("RELEASE story")

    def _undo_group(self) -> None:
        try:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
        except Exception:
            log.exception("A rollback failed")

    def _settle(self, group: list[Order[Any]]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._answers.give_all, group)
        except RuntimeError:  # the loop is closed: nobody waits any more
            log.warning("%d answers had nobody to go to", len(group))
