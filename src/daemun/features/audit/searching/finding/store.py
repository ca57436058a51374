"""A question becomes SQL. Whoever may see only their own asks only about that: it is in the statement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from daemun.features.audit import store
from daemun.features.audit.searching.drawing.store import HOUR, events, hours, marks, sweeps
from daemun.features.audit.searching.marks import PARTS, Marks
from daemun.features.audit.searching.query import All, Begins, Created, Either, Is, Not, Places, Query, Text, Within
from daemun.ports.database import Transaction, among

Surrogates = Callable[[Transaction, str], Sequence[str]]
"""What the log calls whoever is meant by a handle, an id or an actor's name."""
Actions = Callable[[str], Mapping[str, Sequence[str]]]
"""Outcome to the actions whose code or sentence, when they end so, has these words."""
Where = ColumnElement[bool]
Cursor = tuple[int, int]
"""Time and place of an event."""
IDX: Final = events.c.idx
SELDOM: Final = 2000
"""So many events with a mark are looked up one by one."""
# An index of what is not empty is used where the question says that it is not, in the very words of the index, not as a parameter.
WITH_TARGET: Final = events.c.target != literal_column("''")
WITH_REQUEST: Final = events.c.request != literal_column("''")
WITH_COUNTRY: Final = events.c.country != literal_column("0")
AMENDING: Final = events.c.ref >= literal_column("0")
SUMMED: Final = {"action": hours.c.action, "outcome": hours.c.outcome}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in one transaction. `own`: what the log calls the one person it may be about; None: about anybody."""

    tx: Transaction
    marks: Marks
    surrogates: Surrogates
    actions: Actions
    own: str | None = None

    def where(self, query: Query) -> ColumnElement[bool]:
        """What of the events is meant, hidden ones never."""
        return and_(self._allowed, ~exists().where(sweeps.c.surrogate == "", sweeps.c.first <= IDX, sweeps.c.end > IDX), self._is(query))

    @property
    def _allowed(self) -> ColumnElement[bool]:
        return true() if self.own is None else or_(events.c.actor == self.own, and_(WITH_TARGET, events.c.target == self.own))

    def _is(self, query: Query) -> ColumnElement[bool]:
        found: ColumnElement[bool]
        match query:
            case All(parts):
                found = and_(true(), *map(self._is, parts))
            case Either(parts):
                found = or_(false(), *map(self._is, parts))
            case Not(part):
                found = not_(self._is(part))
            case Created(start, end):
                found = and_(true(), *_between(events.c.at, start, end))
            case Places(first, end):
                found = and_(first <= IDX, end > IDX)
            case Begins(_, prefix):
                found = events.c.action.startswith(prefix, autoescape=True)
            case Within(network):
                found = self._marked(self.marks.network(network))
            case Text(text):
                found = self._text(text)
            case Is():
                found = self._same(query)
        return found

    def _same(self, asked: Is) -> ColumnElement[bool]:
        found: ColumnElement[bool]
        value = asked.value
        match asked.field:
            case "action" | "outcome" | "kind":
                found = events.c[asked.field] == value
            case "class":
                found = events.c.retention == value
            case "request":
                found = and_(WITH_REQUEST, events.c.request == value)
            case "actor":
                found = events.c.actor.in_(self.surrogates(self.tx, value))
            case "target":
                found = and_(WITH_TARGET, events.c.target.in_(self.surrogates(self.tx, value)))
            case "user":
                names = self.surrogates(self.tx, value)
                found = or_(events.c.actor.in_(names), and_(WITH_TARGET, events.c.target.in_(names)))
            case "country":
                found = and_(WITH_COUNTRY, events.c.country == self.marks.country(value), self._readable(events.c.holder))
            case "session" | "path":
                found = self._marked([self.marks.of(asked.field, value)])
            case "resource":
                found = or_(events.c.thing == value, self._marked([self.marks.of("resource", value)]))
            case "has":
                found = {"amend": events.c.amended >= 0, "target": WITH_TARGET, "request": WITH_REQUEST}[value]
        return found

    def _text(self, text: str) -> ColumnElement[bool]:
        named = [and_(events.c.outcome == outcome, events.c.action.in_(codes)) for outcome, codes in self.actions(text).items()]
        found = [self._marked([each]) for each in self.marks.words(text)]
        return or_(false(), *named, and_(*found) if found else false())

    def _marked(self, wanted: Sequence[int]) -> ColumnElement[bool]:
        """What is seldom is looked up; what is common is come upon soon, by whoever goes through the events in their order."""
        theirs = marks.c.mark.in_(wanted)
        seldom = self.tx.all(select(marks.c.idx, marks.c.part).where(theirs).limit(SELDOM + 1))
        if len(seldom) > SELDOM:
            return exists().where(theirs, marks.c.at == events.c.at, marks.c.idx == IDX, self._readable(marks.c.part))
        places: dict[int, set[int]] = {}
        for row in seldom:
            places.setdefault(row.part, set()).add(row.idx)
        return or_(false(), *(and_(IDX.in_(sorted(each)), self._readable(literal(part))) for part, each in places.items()))

    def _readable(self, part: ColumnElement[int]) -> ColumnElement[bool]:
        """A part is looked for only while its key is there, and by people only when it is theirs."""
        whose = case((part == PARTS["actor"], events.c.actor), else_=events.c.target)
        if self.own is not None:
            return or_(part == PARTS["tenant"], whose == self.own)
        keys = store.keys.c
        living = select(literal(1)).where(keys.name == func.substr(whose, 3), keys.blocked_at.is_(None)).correlate(events, marks).exists()
        return or_(part == PARTS["tenant"], living)


def page(where: ColumnElement[bool], after: Cursor | None, limit: int, *, oldest_first: bool) -> Select[Any]:
    """Keyset: what is added meanwhile moves nothing."""
    at, idx = (events.c.at, IDX) if oldest_first else (events.c.at.desc(), IDX.desc())
    found = select(events).where(where).order_by(at, idx).limit(limit)
    if after is None:
        return found
    # Both halves say the bound on time, so that an index that leads with it starts there.
    if oldest_first:
        return found.where(events.c.at >= after[0], or_(events.c.at > after[0], after[1] < IDX))
    return found.where(events.c.at <= after[0], or_(events.c.at < after[0], after[1] > IDX))


def since(where: ColumnElement[bool], idx: int, limit: int) -> Select[Any]:
    """What was drawn after a place of the log, in the log's order."""
    return select(events).where(where, idx < IDX).order_by(IDX).limit(limit)


def newest(where: ColumnElement[bool], limit: int) -> Select[Any]:
    return select(events).where(where).order_by(events.c.at.desc(), IDX.desc()).limit(limit)


def many(where: ColumnElement[bool], most: int) -> Select[Any]:
    """How many there are, counted up to a bound."""
    return select(func.count()).select_from(select(literal(1)).select_from(events).where(where).limit(most).subquery())


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
            return and_(true(), *_between(hours.c.hour, start and start // HOUR, end and end // HOUR))
        case Begins(_, prefix):
            return hours.c.action.startswith(prefix, autoescape=True)
        case Is(field, value) if field in SUMMED:
            return SUMMED[field] == value
    return None


def _joined(query: All | Either, parts: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(true(), *parts) if isinstance(query, All) else or_(false(), *parts)


def _between(column: ColumnElement[int], start: int | None, end: int | None) -> list[ColumnElement[bool]]:
    return [*([column >= start] if start is not None else []), *([column < end] if end is not None else [])]


def by_hours(where: Where, length: int | None) -> Select[Any]:
    """Bar, action, outcome, how many: from the sums of each hour. `length` of a bar in microseconds; None: one for all."""
    bar = hours.c.hour * HOUR // length if length else hours.c.hour * 0
    told = select(bar.label("bar"), hours.c.action, hours.c.outcome, cast(func.sum(hours.c.count), BigInteger).label("many")).where(where)
    return told.group_by("bar", hours.c.action, hours.c.outcome)


def by_events(where: Where, length: int | None, most: int) -> Select[Any]:
    """The same from the newest events themselves."""
    seen = newest(where, most).subquery()
    bar = seen.c.at // length if length else seen.c.at * 0
    told = select(bar.label("bar"), seen.c.action, seen.c.outcome, func.count().label("many"))
    return told.group_by("bar", seen.c.action, seen.c.outcome)


def name_of(tx: Transaction, subject: str) -> str | None:
    """Of their key, while it is read with."""
    row = tx.one(select(store.keys.c.name).where(store.keys.c.subject == subject, store.keys.c.blocked_at.is_(None)))
    return row.name if row else None


def subjects(tx: Transaction, surrogates: Collection[str]) -> dict[str, str]:
    """Whose they are: of those whose keys are read with."""
    keys = store.keys.c
    names = keys.name.in_(among(tx.dialect, [each[2:] for each in sorted(surrogates)]))
    rows = tx.all(select(keys.name, keys.subject).where(names, keys.blocked_at.is_(None))) if surrogates else []
    return {f"s_{row.name}": row.subject for row in rows}


def amendments(tx: Transaction, places: Iterable[int]) -> dict[int, list[int]]:
    """Of each entry those that say something else in its place, in their order."""
    found: dict[int, list[int]] = {}
    for row in tx.all(select(events.c.idx, events.c.ref).where(AMENDING, events.c.ref.in_(tuple(places))).order_by(IDX)):
        found.setdefault(row.ref, []).append(row.idx)
    return found
