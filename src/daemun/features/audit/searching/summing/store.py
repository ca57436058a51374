"""How many of what: from the sums of each hour where they answer it exactly, else counted by the database among the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from daemun.features.audit.searching.asking.store import between, living
from daemun.features.audit.searching.drawing.store import HOUR, events, hours
from daemun.features.audit.searching.finding.store import PLACED, Where, ordered
from daemun.features.audit.searching.marks import PARTS
from daemun.features.audit.searching.query import EVERYTHING, All, Begins, Created, Either, Is, Not, Query
from daemun.ports.database import Transaction

SUMMED: Final = {"action": hours.c.action, "outcome": hours.c.outcome, "class": hours.c.retention}
COLUMNS: Final = {
    "actor": events.c.actor,
    "action": events.c.action,
    "outcome": events.c.outcome,
    "class": events.c.retention,
    "country": events.c.country,
}
ALL: Final = ""
"""In the place of a field: how many there are in all."""
Counts = dict[str, list[tuple[str, int]]]
"""Of each field its commonest values."""


def summed(query: Query) -> ColumnElement[bool] | None:
    """The same question to the sums of each hour; None when they cannot answer it exactly."""
    match query:
        case All(parts) | Either(parts):
            found = [summed(each) for each in parts]
            whole = [each for each in found if each is not None]
            return None if len(whole) < len(found) else _joined(query, whole)
        case Not(part):
            inner = summed(part)
            return None if inner is None else not_(inner)
        case Created(start, end) if (start or 0) % HOUR == 0 == (end or 0) % HOUR:
            return and_(true(), *between(hours.c.hour, start and start // HOUR, end and end // HOUR))
        case Begins(_, prefix):
            return hours.c.action.startswith(prefix, autoescape=True)
        case Is(field, value) if field in SUMMED:
            return SUMMED[field] == value
    return None


def _joined(query: All | Either, parts: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(true(), *parts) if isinstance(query, All) else or_(false(), *parts)


def by_hours(where: ColumnElement[bool], length: int | None) -> Select[Any]:
    """Bar, action, outcome, how many: from the sums of each hour. `length` of a bar in microseconds; None: one for all."""
    bar = hours.c.hour * HOUR // length if length else hours.c.hour * 0
    told = select(bar.label("bar"), hours.c.action, hours.c.outcome, cast(func.sum(hours.c.count), BigInteger).label("many")).where(where)
    return told.group_by("bar", hours.c.action, hours.c.outcome)


def by_events(where: Where, length: int | None, most: int) -> Select[Any]:
    """The same from the newest events themselves."""
    seen = ordered(where, (events.c.at, events.c.idx, events.c.action, events.c.outcome), None, most).subquery()
    bar = seen.c.at // length if length else seen.c.at * 0
    told = select(bar.label("bar"), seen.c.action, seen.c.outcome, func.count().label("many"))
    return told.group_by("bar", seen.c.action, seen.c.outcome)


def exactly(tx: Transaction, where: ColumnElement[bool], most: int) -> Counts:
    """Of fields of which the sums of each hour know."""
    sums = func.sum(hours.c.count)
    return _commonest(tx, {name: _counted(column, sums).where(where) for name, column in SUMMED.items()}, most)


def among_newest(tx: Transaction, query: Query, where: Where, fields: Sequence[str], looked_at: int, most: int) -> tuple[Counts, int]:
    """Of the newest events that are meant, and how many these are. Of all events the newest are the last of the log: read in one go."""
    holder, actor, target = events.c.holder, events.c.actor, events.c.target
    whose = case((holder == PARTS["actor"], actor), (holder == PARTS["target"], target), else_=literal("", String))
    # Nothing more than what is counted: it is laid aside row by row.
    places = (events.c.at, events.c.idx) if len(where) > 1 else ()
    columns = (*(COLUMNS[name] for name in fields), *places, whose.label("whose"))
    seen = _newest(where, columns, looked_at, in_place=query == EVERYTHING and len(where) == 1).cte("seen")
    by = {name: _counted(seen.c[COLUMNS[name].name], func.count()) for name in fields if name != "country"}
    counts = _commonest(tx, by | {"country": _countries(seen), ALL: _all(seen)}, most)
    return {name: found for name, found in counts.items() if name != ALL}, counts[ALL][0][1]


def _newest(where: Where, columns: Sequence[ColumnElement[Any]], most: int, *, in_place: bool) -> Select[Any]:
    if in_place:
        return replace(where[0], index=PLACED).select(*columns).order_by(events.c.idx.desc()).limit(most)
    return ordered(where, columns, None, most)


def _counted(column: ColumnElement[str], how: ColumnElement[Any]) -> Select[str, Any]:
    return select(column.label("value"), how.label("many")).where(column != "").group_by(column)


def _all(seen: CTE) -> Select[str, int]:
    return select(literal("", String).label("value"), func.count().label("many")).select_from(seen)


def _countries(seen: CTE) -> Select[str, Any]:
    """What is sealed for somebody counts while it can be read."""
    by = (seen.c.country, seen.c.whose)
    each = select(*by, func.count().label("many")).where(seen.c.country != 0).group_by(*by).subquery()
    told = select(cast(each.c.country, String).label("value"), func.sum(each.c.many).label("many"))
    return told.where(or_(each.c.whose == "", living(each.c.whose))).group_by(each.c.country)


def _commonest(tx: Transaction, by: Mapping[str, Select[str, Any]], most: int) -> Counts:
    """All in one statement: what they count in is looked up once."""
    parts = [select(_named(name, counting.subquery(), most).subquery()) for name, counting in by.items()]
    counts: dict[str, list[tuple[str, int]]] = {name: [] for name in by}
    for row in tx.all(union_all(*parts)):
        counts[row.field].append((row.value, row.many))
    return {name: sorted(found, key=lambda each: (-each[1], each[0])) for name, found in counts.items()}


def _named(name: str, found: Subquery, most: int) -> Select[Any]:
    many = cast(found.c.many, BigInteger).label("many")
    return select(literal(name, String).label("field"), found.c.value, many).order_by(many.desc(), found.c.value).limit(most)
