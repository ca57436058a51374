"""The database: short reads, and stories that are written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from sqlalchemy import JSON, BigInteger, Dialect, Executable, Row, Select, Text, cast, column, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.event import Event, Happening

T = TypeVar("T")
DialectName = Literal["sqlite", "postgresql"]
Ids = Select[tuple[str]]
"""A question that one room asks within another room's: both stand in the same database."""
Plain = str | int | bytes | None
"""What a driver takes as it is."""
Parts = tuple[tuple[Any, ...] | None, ...]
"""A row for each part of a `Together`, or None where it selects nothing."""
EVERYBODY = "*"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def among(dialect: DialectName, texts: Sequence[str]) -> Select[tuple[str]]:
    """A list for `in_`, handed over as one parameter: the statement is compiled once, however many there are."""
    told = literal(json.dumps(list(texts)), Text)
    if dialect == "sqlite":
        return select(func.json_each(told).table_valued(column("value", Text)).c.value)
    return select(func.json_array_elements_text(cast(told, JSON)).table_valued(column("value", Text)).c.value)


class Instant(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, BIGINT microseconds in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else moment(value)


class Hot:
    """A statement compiled once, for the few that every request runs: parameters by name, plain tuples, moments as microseconds."""

    __slots__ = ("_arrays", "_sql", "_statements")

    def __init__(self, statement: Executable, *, postgresql: Executable | None = None, arrays: Sequence[str] = ()) -> None:
        """`arrays`: parameters of the statement for PostgreSQL that are lists; as text they would take ten times as long."""
        self._arrays = arrays
        self._statements: dict[DialectName, Executable] = {
            "sqlite": statement,
            "postgresql": statement if postgresql is None else postgresql,
        }
        self._sql: dict[DialectName, str] = {}

    def sql(self, dialect: DialectName) -> str:
        """`:name` on SQLite, `%(name)s` on PostgreSQL."""
        found = self._sql.get(dialect)
        if found is None:
            by = sqlite.dialect(paramstyle="named") if dialect == "sqlite" else postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
            found = str(self._statements[dialect].compile(dialect=by))  # type: ignore[attr-defined]  # Executable is compilable in fact
            for each in self._arrays:
                found = found.replace(f"%({each})s", f"%({each})b")
            self._sql[dialect] = found
        return found

    @property
    def width(self) -> int:
        """How many columns it selects."""
        return len(self._statements["sqlite"].selected_columns)  # type: ignore[attr-defined]  # asked of selects only


class Together:
    """Several selects of at most one row each as one statement: one round trip, and one view of the database without beginning anything.

    `given`: parameters that nobody hands in, because a select of one value in the same statement answers them.
    """

    __slots__ = ("_cuts", "_given", "_parts", "_sql")

    def __init__(self, *parts: Hot, given: Mapping[str, Hot] = MappingProxyType({})) -> None:
        self._parts = parts
        self._given = given
        self._sql: dict[DialectName, str] = {}
        ends = [sum(each.width + 1 for each in parts[: number + 1]) for number in range(len(parts))]
        self._cuts = tuple((end - part.width - 1, end) for part, end in zip(parts, ends, strict=True))

    def sql(self, dialect: DialectName) -> str:
        found = self._sql.get(dialect)
        if found is None:
            told = enumerate(self._told(part.sql(dialect), dialect) for part in self._parts)
            joined = (f"LEFT JOIN (SELECT 1 AS here, p.* FROM ({sql}) AS p) AS q{number} ON 1 = 1" for number, sql in told)  # noqa: S608 - our own
            columns = ", ".join(f"q{number}.*" for number in range(len(self._parts)))
            found = self._sql[dialect] = f"SELECT {columns} FROM (SELECT 1 AS one) AS one {' '.join(joined)}"  # noqa: S608 - our own statements
        return found

    def _told(self, sql: str, dialect: DialectName) -> str:
        for name, answer in self._given.items():
            asked = rf":{name}\b" if dialect == "sqlite" else rf"%\({name}\)s"
            sql = f"({answer.sql(dialect)})".join(re.split(asked, sql))
        return sql

    def parted(self, row: tuple[Any, ...] | None) -> Parts:
        if row is None:
            raise LookupError("the row that is always there is missing")
        return tuple(None if row[start] is None else row[start + 1 : end] for start, end in self._cuts)


class Full(Unavailable):
    """Nothing more can be written: the disk has no room. `told`: what the story that was undone would have published."""

    def __init__(self, told: Sequence[Happening] = ()) -> None:
        super().__init__()
        self.told = tuple(told)


class Transaction(Protocol):
    """One view of the database. Statements are SQLAlchemy Core."""

    @property
    def dialect(self) -> DialectName: ...

    @property
    def now(self) -> datetime: ...

    def one(self, statement: Executable) -> Row[Any] | None:
        """The first row, or None."""
        ...

    def all(self, statement: Executable) -> Sequence[Row[Any]]: ...

    def hot(self, statement: Hot, **parameters: Plain) -> tuple[Any, ...] | None:
        """The first row of a precompiled statement, or None."""
        ...

    def hot_all(self, statement: Hot, **parameters: Plain) -> Sequence[tuple[Any, ...]]:
        """Every row of a precompiled statement."""
        ...


class Work(Transaction, Protocol):
    """A transaction that writes. It is committed after the story returns, or undone whole when the story raises.

    On PostgreSQL a story may run twice (serialisation failure, deadlock): it touches nothing but `work`, and locks what it decides on.
    """

    @property
    def circumstance(self) -> Circumstance: ...

    def run(self, statement: Executable) -> int:
        """Executes, and says how many rows it touched."""
        ...

    def hot_run(self, statement: Hot, **parameters: Plain | Sequence[Plain]) -> int:
        """Executes a precompiled statement, and says how many rows it touched."""
        ...

    def hot_many(self, statement: Hot, rows: Sequence[Mapping[str, Plain]]) -> int:
        """Executes a precompiled statement once for each of them, and says how many rows that touched together."""
        ...

    def lock(self, key: str) -> None:
        """Until the commit, nobody else holds this key. Costs nothing where stories run one after another anyway."""
        ...

    def new_id(self) -> str:
        """A fresh ULID."""
        ...

    def publish(self, event: Event) -> None:
        """Told to its listeners inside this transaction, before the commit; it lives and dies with it."""
        ...

    def witness(self, event: Event) -> None:
        """Told even when the story is undone, and the answer waits for it. If it cannot be written, the answer is `Unavailable`."""
        ...

    def changes(self, user_id: str) -> None:
        """What the gate asks about them (session, person, roles) is another once this is committed; of `EVERYBODY`, too. Said by whatever
        writes it: what the gate remembers is gone before the answer leaves."""
        ...

    def together(self, call: Callable[[Work, Sequence[T]], None], each: T) -> None:
        """`call` is given all that was handed in for it, once, after the listeners and before the commit. Raising undoes the story."""
        ...

    def conclude(self, call: Callable[[Work, Sequence[T]], None]) -> None:
        """Calls it now with what there is, for whoever must come after that."""
        ...

    def after_commit(self, call: Callable[[], None]) -> None:
        """Called once, on the event loop, when all of this is durable; never when it is undone."""
        ...


Dispatch = Callable[[Work, Happening], None]
"""Runs every listener of a happening, in order, inside the transaction."""


class Database(Protocol):
    """One database, several processes.

    `read` runs a short query in one consistent view. `work` runs a story and answers after its commit is durable. A story that raises
    is undone whole; its exception reaches the caller. When the commit itself fails, or the queue is full, or the server is away, the
    caller gets `Unavailable`, and nothing of the story exists unless the server vanished during the commit itself.
    """

    @property
    def dialect(self) -> DialectName: ...

    async def start(self, dispatch: Dispatch) -> None: ...

    async def stop(self) -> None:
        """Finishes what is queued, then closes."""
        ...

    async def read(self, query: Callable[[Transaction], T]) -> T: ...

    async def glance(self, statement: Together, **parameters: Plain) -> Parts:
        """Asks one statement, which is one view by itself: nothing is begun and nothing ended for it."""
        ...

    async def survey(self, query: Callable[[Transaction], T]) -> T:
        """`read` for questions that take their time, such as counting everything: nobody else waits for it."""
        ...

    async def work(self, story: Callable[[Work], T], circumstance: Circumstance) -> T: ...
