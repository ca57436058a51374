"""SQLite: reads on the event loop, stories through one writer thread that commits them in groups."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from daemun.adapters.database.answers import Answers
from daemun.adapters.database.filelock import FileLock, beside
from daemun.adapters.database.memory import Changes
from daemun.adapters.database.shared import Order, View
from daemun.adapters.database.sqlitefile import is_away, private_file, raw_of, sqlite_engine
from daemun.adapters.database.writer import Writer
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.ports.database import DialectName, Dispatch, Parts, Plain, Together, Transaction, Work
from daemun.ports.system import Clock, Entropy

T = TypeVar("T")
PATIENCE_SECONDS: Final = 10.0
SURVEYED_KIB: Final = 16_384
"""Of pages that are kept for those who look through much: SQLite's own two megabytes are read again for every question."""


class Sqlite:
    """One file, several processes. Serves the event loop it is started on."""

    dialect: DialectName = "sqlite"

    def __init__(
        self, path: Path, *, clock: Clock, entropy: Entropy, queue: int, changes: Changes, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._path = path
        self._clock = clock
        self._entropy = entropy
        self._bound = queue
        self._patience = patience
        self._changes = changes
        self._answers = Answers(self)
        self._writer: Writer | None = None
        self._raw: Any = None

    async def start(self, dispatch: Dispatch) -> None:
        private_file(self._path)
        self._lock = FileLock(beside(self._path))
        with self._lock:  # entering WAL mode wants the file alone
            engine = sqlite_engine(self._path)
            self._reading = engine.connect()
            self._surveying = engine.connect()
            writing = engine.connect()
        self._raw = raw_of(self._reading)
        self._surveyor = ThreadPoolExecutor(1, thread_name_prefix="daemun-survey")
        for each in (self._raw, raw_of(self._surveying)):
            each.execute("PRAGMA query_only=ON")
        raw_of(self._surveying).execute(f"PRAGMA cache_size=-{SURVEYED_KIB}")
        self._writer = Writer(
            writing,
            self._lock,
            dispatch,
            self._clock,
            self._entropy,
            bound=self._bound,
            patience=self._patience,
            changes=self._changes,
            answers=self._answers,
        )
        self._writer.start()

    async def stop(self) -> None:
        await self._answers.given()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        await writer.finish()
        await asyncio.to_thread(self._surveyor.shutdown)
        with self._lock:  # the last connection to close check-points
            self._reading.close()
            self._surveying.close()
            writer.close()
        self._lock.close()

    async def read(self, query: Callable[[Transaction], T]) -> T:
        if self._writer is None:
            raise Unavailable
        return self._read(self._reading, query)

    async def survey(self, query: Callable[[Transaction], T]) -> T:
        if self._writer is None:
            raise Unavailable
        return await asyncio.get_running_loop().run_in_executor(self._surveyor, self._read, self._surveying, query)

    def _read(self, connection: Connection, query: Callable[[Transaction], T]) -> T:
        raw = raw_of(connection)
        try:
            raw.execute("BEGIN")
            try:
                return query(View(connection, raw, "sqlite", self._clock.now()))
            finally:
                raw.execute("ROLLBACK")  # a read leaves nothing behind
        except Exception as error:
            if is_away(error):
                raise Unavailable from error
            raise

    async def glance(self, statement: Together, **parameters: Plain) -> Parts:
        if self._writer is None:
            raise Unavailable
        try:
            return statement.parted(self._raw.execute(statement.sql("sqlite"), parameters).fetchone())
        except Exception as error:
            if is_away(error):
                raise Unavailable from error
            raise

    async def work(self, story: Callable[[Work], T], circumstance: Circumstance) -> T:
        if self._writer is None:
            raise Unavailable
        order: Order[T] = Order(story, circumstance, asyncio.get_running_loop().create_future())
        self._writer.take(order)
        return await order.answer
