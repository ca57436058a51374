"""What both databases share: a view, a unit of work, and the order that carries a story to its answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from errno import EDQUOT, ENOSPC
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.exc import DBAPIError

from daemun.adapters.database.memory import Told
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.event import Event, Happening
from daemun.core.ids import RANDOM_BYTES, ulid
from daemun.ports.database import DialectName, Dispatch, Full, Hot, Plain, Work
from daemun.ports.system import Clock, Entropy

T = TypeVar("T")
log = logging.getLogger("daemun.database")
SQLITE_FULL: Final = 13
DISK_FULL: Final = "53100"


class Cursor(Protocol):
    """The part of a DBAPI cursor that is used here."""

    @property
    def description(self) -> Any: ...

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> tuple[Any, ...] | None: ...

    def fetchall(self) -> list[tuple[Any, ...]]: ...

    def executemany(self, sql: str, parameters: Any, /) -> Any: ...

    def close(self) -> None: ...


class Raw(Protocol):
    """The part that sqlite3's and psycopg's connections have in common."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Cursor: ...

    def cursor(self) -> Cursor: ...


class View:
    """A `Transaction` over a held connection. Whoever makes it begins and ends the transaction itself."""

    __slots__ = ("_connection", "_raw", "dialect", "now")

    def __init__(self, connection: Connection, raw: Raw, dialect: DialectName, now: datetime) -> None:
        self._connection = connection
        self._raw = raw
        self.dialect: DialectName = dialect
        self.now = now

    def one(self, statement: Executable) -> Row[Any] | None:
        return self._connection.execute(statement).first()

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        return self._connection.execute(statement).all()

    def hot(self, statement: Hot, **parameters: Plain) -> tuple[Any, ...] | None:
        # The cursor is dropped here: an unfinished one would hold the old snapshot of SQLite open beyond the COMMIT.
        cursor = self._raw.execute(statement.sql(self.dialect), parameters)
        return cursor.fetchone() if cursor.description else None

    def hot_all(self, statement: Hot, **parameters: Plain) -> Sequence[tuple[Any, ...]]:
        return self._raw.execute(statement.sql(self.dialect), parameters).fetchall()


class Unit(View):
    """A `Work`: remembers what is to be told before the commit and called after it."""

    __slots__ = ("_entropy", "calls", "changed", "circumstance", "gathered", "told", "witnessed")

    def __init__(
        self, connection: Connection, raw: Raw, dialect: DialectName, clock: Clock, entropy: Entropy, circumstance: Circumstance
    ) -> None:
        super().__init__(connection, raw, dialect, clock.now())
        self._entropy = entropy
        self.circumstance = circumstance
        self.told: list[Happening] = []
        self.witnessed: list[Happening] = []
        self.calls: list[Callable[[], None]] = []
        self.changed: set[str] = set()
        self.gathered: dict[Callable[[Work, Sequence[Any]], None], list[Any]] = {}

    def run(self, statement: Executable) -> int:
        result = self._connection.execute(statement)
        touched: int = result.rowcount
        result.close()
        return touched

    def hot_run(self, statement: Hot, **parameters: Plain | Sequence[Plain]) -> int:
        touched: int = self._raw.execute(statement.sql(self.dialect), parameters).rowcount
        return touched

    def hot_many(self, statement: Hot, rows: Sequence[Mapping[str, Plain]]) -> int:
        with closing(self._raw.cursor()) as cursor:
            cursor.executemany(statement.sql(self.dialect), rows)
            return cursor.rowcount

    def lock(self, key: str) -> None:
        if self.dialect == "postgresql":
            self._raw.execute("SELECT pg_advisory_xact_lock(hashtextextended(%(key)s::text, 0))", {"key": key})

    def new_id(self) -> str:
        return ulid(self.now, self._entropy.bytes(RANDOM_BYTES))

    def publish(self, event: Event) -> None:
        self.told.append(self._happening(event))

    def witness(self, event: Event) -> None:
        happening = self._happening(event)
        self.told.append(happening)
        self.witnessed.append(happening)

    def changes(self, user_id: str) -> None:
        self.changed.add(user_id)

    def together(self, call: Callable[[Work, Sequence[T]], None], each: T) -> None:
        self.gathered.setdefault(call, []).append(each)

    def conclude(self, call: Callable[[Work, Sequence[T]], None]) -> None:
        if gathered := self.gathered.pop(call, None):
            call(self, gathered)

    def after_commit(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def _happening(self, event: Event) -> Happening:
        return Happening(self.new_id(), event, self.circumstance)

    def tell(self, dispatch: Dispatch) -> None:
        """Runs the listeners. What a listener publishes joins the list while it is walked, and is told too."""
        name = "the story"
        try:
            for happening in self.told:
                name = happening.event.kind.name
                dispatch(self, happening)
            for call in list(self.gathered):
                self.conclude(call)
        except Exception as error:
            if database_error(error) is None:
                log.exception("A listener of %s failed; what it listened to is undone", name)
            raise ListenerFailed from error


class NotTheCaller(Exception):
    """What went wrong after the story was told. Its cause is what happened; the caller hears `Unavailable`."""


class ListenerFailed(NotTheCaller):
    """A listener raised: the story it listened to cannot stand, and the caller is not to blame."""


def database_error(error: BaseException) -> BaseException | None:
    """The driver's own error, whether it came through SQLAlchemy or a hot statement or a listener; None when it is another kind."""
    if isinstance(error, NotTheCaller) and error.__cause__ is not None:
        return database_error(error.__cause__)
    if isinstance(error, DBAPIError):
        return error.orig
    return error if type(error).__module__.partition(".")[0] in ("sqlite3", "pysqlite3", "psycopg") else None


def is_full(error: BaseException | None) -> bool:
    """Whether it came of a disk without room."""
    while error is not None:
        code, state = getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)
        if (isinstance(code, int) and code & 0xFF == SQLITE_FULL) or state == DISK_FULL:
            return True
        if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False


@dataclass(slots=True)
class Order(Generic[T]):
    """A story on its way: what to do, and whom to answer. Settled exactly once, on the event loop."""

    story: Callable[[Work], T]
    circumstance: Circumstance
    answer: asyncio.Future[T]
    result: T | None = None
    error: BaseException | None = None
    calls: Sequence[Callable[[], None]] = field(default=())
    changed: Set[str] = frozenset()
    told: Told | None = None
    patience: asyncio.TimerHandle | None = None
    happenings: Sequence[Happening] = ()
    """What the story published."""
    _unclaimed: list[None] = field(default_factory=lambda: [None])

    def claim(self) -> bool:
        """True for one caller only, of any thread: whoever gets it decides what becomes of the story."""
        try:
            self._unclaimed.pop()
        except IndexError:
            return False
        return True

    def give_up(self) -> None:
        """Called on the event loop when the wait has been too long: a story that nobody has begun is never told."""
        if self.claim():
            self.refuse()
            self.settle()

    def refuse(self, cause: BaseException | None = None) -> None:
        """Nothing of it exists: the caller may try again."""
        self.error, self.calls = Full(self.happenings) if is_full(cause) else Unavailable(), ()
        self.error.__cause__ = cause

    def settle(self) -> None:
        if self.patience:
            self.patience.cancel()
        for call in self.calls:
            run_quietly(call)
        if not self.answer.done():  # the caller may have gone away meanwhile
            answer(self.answer, self.result, self.error)


def answer(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if error is None:
        future.set_result(result)
    elif isinstance(error, StopIteration):  # a future refuses to carry it
        future.set_exception(RuntimeError("a story raised StopIteration"))
    else:
        future.set_exception(error)


def run_quietly(call: Callable[[], None]) -> None:
    """What follows a commit cannot undo it: a failure is recorded and the others run."""
    try:
        call()
    except Exception:
        log.exception("A call after the commit failed")
