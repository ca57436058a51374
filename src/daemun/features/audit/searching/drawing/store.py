"""The picture of the log that is searched: its tables, and how it is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.ports.database import Hot, Plain, Transaction, Work

VERSION: Final = 1
"""Of how it is drawn: another one is drawn anew."""
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


@dataclass(frozen=True, slots=True)
class Sweep:
    """What is still to be taken out: a span of the log, or all that was said with a key that is gone."""

    id: int
    first: int
    end: int
    surrogate: str


@dataclass(frozen=True, slots=True)
class Row:
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


COLUMNS: Final = tuple(Row.__dataclass_fields__)


def _added(table: Table, columns: Sequence[str]) -> Hot:
    values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    return Hot(
        sqlite_insert(table).values(values).on_conflict_do_nothing(),
        postgresql=postgres_insert(table).values(values).on_conflict_do_nothing(),
    )


EVENT_ADDED: Final = _added(events, COLUMNS)
MARK_ADDED: Final = _added(marks, ("mark", "at", "idx", "part"))
BEGUN: Final = _added(drawn, ("one", "version", "upto"))


def _counted() -> Hot:
    values = {name: bindparam(name, type_=hours.c[name].type) for name in ("hour", "action", "outcome", "count")}
    made = []
    for insert in (sqlite_insert, postgres_insert):
        adding = insert(hours).values(values)
        keys = [hours.c.hour, hours.c.action, hours.c.outcome]
        made.append(adding.on_conflict_do_update(index_elements=keys, set_={"count": hours.c.count + adding.excluded["count"]}))
    return Hot(made[0], postgresql=made[1])


COUNTED: Final = _counted()


def standing(tx: Transaction) -> tuple[int, int]:
    """Version, and how many entries of the log are drawn."""
    row = tx.one(select(drawn.c.version, drawn.c.upto))
    return (row.version, row.upto) if row else (0, 0)


def move(work: Work, upto: int, to: int) -> bool:
    """False when somebody else has moved it: what they drew, we do not draw again."""
    return work.run(update(drawn).where(drawn.c.upto == upto, drawn.c.version == VERSION).values(upto=to)) == 1


def add(work: Work, rows: Sequence[Row], found: Iterable[tuple[Row, Iterable[tuple[int, int]]]]) -> None:
    work.hot_many(EVENT_ADDED, [{name: getattr(row, name) for name in COLUMNS} for row in rows])
    told: list[Mapping[str, Plain]] = [
        {"mark": mark, "at": row.at, "idx": row.idx, "part": part} for row, each in found for mark, part in sorted(each)
    ]
    if told:
        work.hot_many(MARK_ADDED, told)
    count(work, Counter((row.at // HOUR, row.action, row.outcome) for row in rows))


def count(work: Work, counted: Mapping[tuple[int, str, str], int]) -> None:
    if counted:
        ordered = sorted(counted.items())  # in one order, so that two who count do not wait for each other for ever
        work.hot_many(COUNTED, [{"hour": key[0], "action": key[1], "outcome": key[2], "count": number} for key, number in ordered])


def amend(work: Work, idx: int, ref: int, parts: Iterable[int], country: tuple[int, int] | None, found: Iterable[tuple[int, int]]) -> None:
    """From now on entry `ref` is looked for by what `idx` says in the place of these parts."""
    row = work.one(select(events.c.at).where(events.c.idx == ref))
    if row is None:
        return
    told: dict[str, Any] = {"amended": idx}
    if country is not None:
        told |= {"country": country[0], "holder": country[1]}
    work.run(update(events).where(events.c.idx == ref).values(told))
    work.run(delete(marks).where(marks.c.idx == ref, marks.c.part.in_(tuple(parts))))
    if rows := [{"mark": mark, "at": row.at, "idx": ref, "part": part} for mark, part in sorted(found)]:
        work.hot_many(MARK_ADDED, rows)


def plan(work: Work, spans: Iterable[tuple[int, int]] = (), surrogate: str = "") -> None:
    """Notes what is to be taken out; spans are not found any more from this moment on."""
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    rows = [{"first": first, "end": end, "surrogate": ""} for first, end in spans]
    if surrogate:
        rows.append({"first": 0, "end": 0, "surrogate": surrogate})
    if rows:
        work.run(make(sweeps).values(rows))


def planned(tx: Transaction) -> list[Sweep]:
    return [Sweep(row.id, row.first, row.end, row.surrogate) for row in tx.all(select(sweeps).order_by(sweeps.c.id))]


def swept(work: Work, sweep: Sweep, limit: int) -> bool:
    """Takes out up to so many. Whether there is more."""
    work.lock("audit sweep")  # two that count the same row out would count it twice
    return _person(work, sweep, limit) if sweep.surrogate else _span(work, sweep, limit)


def _span(work: Work, sweep: Sweep, limit: int) -> bool:
    inside = and_(events.c.idx >= sweep.first, events.c.idx < sweep.end)
    rows = work.all(select(events.c.idx, events.c.at, events.c.action, events.c.outcome).where(inside).order_by(events.c.idx).limit(limit))
    if rows:
        last = rows[-1].idx + 1
        count(work, {key: -number for key, number in Counter((row.at // HOUR, row.action, row.outcome) for row in rows).items()})
        work.run(delete(marks).where(marks.c.idx >= sweep.first, marks.c.idx < last))
        work.run(delete(events).where(events.c.idx >= sweep.first, events.c.idx < last))
    if len(rows) == limit:
        return True
    if sweep.end <= standing(work)[1]:  # else it is still to come, and must not be drawn then
        work.run(delete(sweeps).where(sweeps.c.id == sweep.id))
    return False


def _person(work: Work, sweep: Sweep, limit: int) -> bool:
    """What was looked for by them; that something happened stays."""
    theirs = or_(events.c.actor == sweep.surrogate, events.c.target == sweep.surrogate)
    wanted = select(events.c.idx).where(theirs, events.c.idx >= sweep.first).order_by(events.c.idx).limit(limit)
    found = [row.idx for row in work.all(wanted)]
    for part, column in ((0, events.c.actor), (1, events.c.target)):
        whose = select(events.c.idx).where(events.c.idx.in_(found), column == sweep.surrogate)
        work.run(delete(marks).where(marks.c.idx.in_(whose), marks.c.part == part))
        work.run(update(events).where(events.c.idx.in_(whose), events.c.holder == part).values(country=0))
    if len(found) == limit:
        work.run(update(sweeps).where(sweeps.c.id == sweep.id).values(first=found[-1] + 1))
    else:
        work.run(delete(sweeps).where(sweeps.c.id == sweep.id))
    return len(found) == limit


def wipe(work: Work, limit: int) -> bool:
    """Takes out up to so many of everything that was drawn. Whether there is more."""
    work.run(update(drawn).values(version=0, upto=0))
    high = work.one(select(func.max(events.c.idx)))
    if high is not None and high[0] is not None:
        low = high[0] - limit + 1
        work.run(delete(marks).where(marks.c.idx >= low))
        work.run(delete(events).where(events.c.idx >= low))
        return True
    for table in (marks, hours, sweeps):
        work.run(delete(table))
    return False


def begin(work: Work, gone: Iterable[tuple[int, int]]) -> None:
    """`gone`: what the log says is taken out already."""
    work.hot_run(BEGUN, one=1, version=0, upto=0)
    if work.run(update(drawn).where(drawn.c.version != VERSION).values(version=VERSION, upto=0)):
        plan(work, gone)
