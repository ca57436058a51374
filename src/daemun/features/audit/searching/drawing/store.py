"""The picture of the log that is searched: its tables, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.audit.searching.marks import Mark
from daemun.ports.database import Hot, Transaction, Work

VERSION: Final = 1
"""Of how it is drawn: another one is drawn anew."""
encoded: Final = msgspec.json.Encoder().encode
HOUR: Final = 3_600_000_000
metadata = MetaData()
events = Table(
    "daemun_audit_events",
    metadata,
    Column("idx", BigInteger, primary_key=True),
    Column("at", BigInteger),
    Column("kind", String(12)),
    Column("action", String(100)),
    Column("outcome", String(10)),
    Column("retention", String(20)),
    Column("actor", String(100)),
    Column("target", String(20)),
    Column("request", String(64)),
    Column("thing", String(40)),
    Column("country", BigInteger),
    Column("holder", SmallInteger),
    Column("ref", BigInteger),
    Column("amended", BigInteger),
    Column("marked", Text),
)
marks = Table(
    "daemun_audit_marks",
    metadata,
    Column("mark", BigInteger, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("idx", BigInteger, primary_key=True),
    Column("part", SmallInteger),
)
hours = Table(
    "daemun_audit_hours",
    metadata,
    Column("hour", BigInteger, primary_key=True),
    Column("action", String(100), primary_key=True),
    Column("outcome", String(10), primary_key=True),
    Column("retention", String(20), primary_key=True),
    Column("count", BigInteger),
)
sweeps = Table(
    "daemun_audit_sweeps",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("first", BigInteger),
    Column("end", BigInteger),
    Column("surrogate", String(20)),
)
drawn = Table(
    "daemun_audit_drawn",
    metadata,
    Column("one", SmallInteger, primary_key=True),
    Column("version", Integer),
    Column("upto", BigInteger),
)


class Row(NamedTuple):
    """An entry as it is drawn: nothing of it is personal, `country` is a mark, `holder` the part that tells it."""

    idx: int
    at: int
    kind: str
    action: str
    outcome: str = ""
    retention: str = ""
    actor: str = ""
    target: str = ""
    request: str = ""
    thing: str = ""
    country: int = 0
    holder: int = 2
    ref: int = -1
    amended: int = -1


SHOWN: Final = tuple(events.c[name] for name in Row._fields)
INTEGERS: Final = ("BIGINT", "SMALLINT")


def _from_json(sqlite: str, postgresql: str) -> Hot:
    return Hot(text(sqlite), postgresql=text(postgresql))


def _added(table: Table, order: str) -> Hot:
    """All rows as one JSON text: the database takes it apart by itself, and meanwhile Python serves others."""
    columns, kinds = [each.name for each in table.c], [str(each.type.compile()) for each in table.c]
    light = [f"json_extract(value, '$[{n}]')" for n in range(len(columns))]
    full = [f"CAST(value->>{n} AS {kind})" if kind in INTEGERS else f"value->>{n}" for n, kind in enumerate(kinds)]
    into = f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT"
    return _from_json(
        f"{into} {', '.join(light)} FROM json_each(:rows) {order}",
        f"{into} {', '.join(full)} FROM jsonb_array_elements(CAST(:rows AS JSONB)) AS told(value) {order}",
    )


EVENTS_ADDED: Final = _added(events, "")
# In the order of the index, so that neighbours are written together. Of two parts that say the same of one event the first counts.
MARKS_ADDED: Final = _added(marks, "WHERE TRUE ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING")
SUMMED: Final = (
    "INSERT INTO daemun_audit_hours (hour, action, outcome, retention, count) "
    "SELECT at / 3600000000, action, outcome, retention, {sign}count(*) FROM daemun_audit_events WHERE idx >= :first AND idx < :end "
    "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 "
    "ON CONFLICT (hour, action, outcome, retention) DO UPDATE SET count = daemun_audit_hours.count + excluded.count"
)
COUNTED_IN: Final = Hot(text(SUMMED.format(sign="")))
COUNTED_OUT: Final = Hot(text(SUMMED.format(sign="-")))
BEGINNING: Final = {"one": 1, "version": 0, "upto": 0}
BEGUN: Final = Hot(
    sqlite_insert(drawn).values({name: bindparam(name, type_=drawn.c[name].type) for name in BEGINNING}).on_conflict_do_nothing(),
    postgresql=postgres_insert(drawn)
    .values({name: bindparam(name, type_=drawn.c[name].type) for name in BEGINNING})
    .on_conflict_do_nothing(),
)


def told(rows: Sequence[Any]) -> str:
    """As one JSON text, written in a fifth of the time that the standard library takes: nobody else has the interpreter meanwhile."""
    return encoded(rows).decode()


def packed(found: Iterable[Mark]) -> str:
    """Which marks stand for an event: told beside it, so that they can be taken out with it."""
    return "".join([f"{mark:016x}{part:02x}" for mark, part in found])


def unpacked(marked: str) -> list[Mark]:
    return [(int(marked[at : at + 16], 16), int(marked[at + 16 : at + 18], 16)) for at in range(0, len(marked), 18)]


def standing(tx: Transaction) -> tuple[int, int]:
    """Version, and how many entries of the log are drawn."""
    row = tx.one(select(drawn.c.version, drawn.c.upto))
    return (row.version, row.upto) if row else (0, 0)


def move(work: Work, upto: int, to: int) -> bool:
    """False when somebody else has moved it: what they drew, we do not draw again."""
    return work.run(update(drawn).where(drawn.c.upto == upto, drawn.c.version == VERSION).values(upto=to)) == 1


def add(work: Work, rows: Sequence[tuple[Row, Sequence[Mark]]]) -> None:
    """In the order of the log, without holes but for what is gone."""
    if not rows:
        return
    work.hot_run(EVENTS_ADDED, rows=told([(*row, packed(found)) for row, found in rows]))
    add_marks(work, [(mark, row.at, row.idx, part) for row, found in rows for mark, part in found])
    work.hot_run(COUNTED_IN, first=rows[0][0].idx, end=rows[-1][0].idx + 1)


def add_marks(work: Work, rows: Sequence[tuple[int, int, int, int]]) -> None:
    if rows:
        work.hot_run(MARKS_ADDED, rows=told(rows))


def begin(work: Work) -> bool:
    """False when another process has begun meanwhile."""
    work.hot_run(BEGUN, **BEGINNING)
    return work.run(update(drawn).where(drawn.c.version != VERSION).values(version=VERSION, upto=0)) == 1


def rows_of(tx: Transaction, statement: Any) -> list[Row]:
    return [Row._make(row) for row in tx.all(statement)]
