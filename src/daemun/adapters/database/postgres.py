"""PostgreSQL: reads and stories in a bounded pool of threads, each with a connection; glances on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import sleep
from typing import Any, Final, TypeVar

from sqlalchemy import URL

from daemun.adapters.database.answers import Answers
from daemun.adapters.database.glances import Glances
from daemun.adapters.database.memory import Changes
from daemun.adapters.database.postgresserver import LIMITS, OPTIONS, PATIENT, READING, is_away, is_worth_repeating, postgres_engine
from daemun.adapters.database.seats import Seat, Seats
from daemun.adapters.database.shared import NotTheCaller, Order, Unit, View
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.event import Happening
from daemun.ports.database import DialectName, Dispatch, Parts, Plain, Together, Transaction, Work
from daemun.ports.system import Clock, Entropy

T = TypeVar("T")
TRIES: Final = 8
SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"


@dataclass(frozen=True, slots=True)
class Undone:
    """A transaction that left nothing, and why."""

    error: BaseException
    was_lost: bool


class Postgres:
    """One database on a server. Serves the event loop it is started on."""

    dialect: DialectName = "postgresql"

    def __init__(self, address: URL, *, clock: Clock, entropy: Entropy, pool: int, queue: int, changes: Changes) -> None:
        self._seats = Seats(postgres_engine(address, options=f"{OPTIONS} {PATIENT}"))
        self._looking = postgres_engine(address, options=f"{OPTIONS} {LIMITS} {READING}")
        self._clock = clock
        self._entropy = entropy
        self._changes = changes
        self._answers = Answers(self)
        self._pool = pool
        self._bound = pool + queue
        self._busy = 0
        self._threads: ThreadPoolExecutor | None = None

    async def start(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._loop = asyncio.get_running_loop()
        self._glances = Glances(self._looking, bound=self._bound)
        self._threads = ThreadPoolExecutor(self._pool, thread_name_prefix="daemun-database")

    async def stop(self) -> None:
        await self._answers.given()
        threads, self._threads = self._threads, None
        if threads is not None:
            await self._glances.close()
            await self._loop.run_in_executor(None, threads.shutdown)
            self._seats.close()

    async def read(self, query: Callable[[Transaction], T]) -> T:
        order: Order[T] = Order(query, Circumstance(), self._loop.create_future())
        self._take(order, partial(self._look, order, query))
        return await order.answer

    async def glance(self, statement: Together, **parameters: Plain) -> Parts:
        if self._threads is None:
            raise Unavailable
        return await self._glances.ask(statement, parameters)

    async def survey(self, query: Callable[[Transaction], T]) -> T:
        return await self.read(query)

    async def work(self, story: Callable[[Work], T], circumstance: Circumstance) -> T:
        order: Order[T] = Order(story, circumstance, self._loop.create_future())
        self._take(order, partial(self._perform, order))
        return await order.answer

    def _take(self, order: Order[Any], deed: Callable[[], None]) -> None:
        if self._threads is None or self._busy >= self._bound:
            raise Unavailable
        self._busy += 1
        self._threads.submit(self._serve, order, deed)

    def _serve(self, order: Order[Any], deed: Callable[[], None]) -> None:
        try:
            deed()
        except BaseException as error:  # whatever it was, the caller is answered
            order.refuse(error)
        self._loop.call_soon_threadsafe(self._settle, order)

    def _settle(self, order: Order[Any]) -> None:
        self._busy -= 1
        self._answers.give(order)

    def _look(self, order: Order[T], query: Callable[[Transaction], T]) -> None:
        def look(seat: Seat) -> None:
            seat.begin(SNAPSHOT)
            order.result = query(View(seat.connection, seat.raw, "postgresql", self._clock.now()))
            seat.undo()  # a read leaves nothing behind

        if undone := self._insist(look):
            self._fail(order, undone.error)

    def _perform(self, order: Order[Any]) -> None:
        witnessed: list[Happening] = []
        if undone := self._insist(partial(self._tell, order, order.story, witnessed)):
            self._fail(order, undone.error)
            self._testify(order, witnessed)
        if order.told and not self._changes.heard(order.told):
            self._leave(order)

    def _leave(self, order: Order[Any]) -> None:
        """It is written, and it could not be said where the gate remembers."""

        def leave(seat: Seat) -> None:
            seat.begin(WRITING)
            order.told = self._changes.leave(seat.raw, "postgresql")
            seat.commit()

        if undone := self._insist(leave):
            order.refuse(undone.error)

    def _testify(self, order: Order[Any], witnessed: Sequence[Happening]) -> None:
        """The story is undone: what it witnessed is told all the same, or the caller hears `Unavailable`."""
        again = partial(self._tell, order, lambda unit: unit.told.extend(witnessed), [])
        if witnessed and (undone := self._insist(again)):
            order.refuse(undone.error)

    def _tell(self, order: Order[Any], story: Callable[[Unit], object], witnessed: list[Happening], seat: Seat) -> None:
        """Fills `witnessed` with what is to be told even when this attempt comes to nothing."""
        seat.begin(WRITING)
        unit = Unit(seat.connection, seat.raw, "postgresql", self._clock, self._entropy, order.circumstance)
        try:
            result = story(unit)
            order.happenings = unit.told
            unit.tell(self._dispatch)
            told = self._changes.before(seat.raw, "postgresql", unit.changed)
            seat.commit()
        finally:
            witnessed[:] = unit.witnessed
        order.result, order.calls, order.told = result, unit.calls, told

    def _fail(self, order: Order[Any], error: BaseException) -> None:
        order.error = error
        if isinstance(error, NotTheCaller) or is_away(error):
            order.refuse(error)

    def _insist(self, deed: Callable[[Seat], None]) -> Undone | None:
        """Again after a broken connection, once and on a new one; again after meeting another story, a few times."""
        undone, losses = None, 0
        for number in range(TRIES):
            undone = self._attempt(deed)
            losses += undone is not None and undone.was_lost
            if undone is None or losses > 1 or not (undone.was_lost or is_worth_repeating(undone.error)):
                break
            self._pause(number)
        return undone

    def _attempt(self, deed: Callable[[Seat], None]) -> Undone | None:
        seat = None
        try:
            with self._seats.taken() as seat:
                deed(seat)
        except BaseException as error:
            return Undone(error, seat is not None and seat.was_lost)
        return None

    def _pause(self, number: int) -> None:
        """A random wait that doubles, so that two which met do not meet again."""
        sleep(int.from_bytes(self._entropy.bytes(2), "big") / 65536 * 0.002 * 2**number)
