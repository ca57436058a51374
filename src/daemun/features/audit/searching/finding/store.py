"""A question becomes SQL that begins where an index answers most of it, in the order of time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, not_, or_, select, true, union_all

from daemun.features.audit import store
from daemun.features.audit.searching.asking.store import (
    AMENDED,
    AMENDING,
    FAILED,
    IDX,
    WITH_COUNTRY,
    WITH_REQUEST,
    WITH_TARGET,
    Asked,
    between,
)
from daemun.features.audit.searching.drawing.store import SHOWN, events, marks
from daemun.features.audit.searching.query import All, Begins, Created, Is, Not, Places, Query, Text, Within
from daemun.ports.database import Transaction

Cursor = tuple[int, int]
"""Time and place of an event."""
FEW: Final = 1000
"""So far it is counted which way is the shortest."""
NEAR: Final = 2000
"""So many places of the log are looked up one by one, and brought into the order of time."""
FAILURES: Final = ("at", "actor", "target", "action")
"""Indexes beside which there is one of failures alone."""
PLACED: Final = "idx"
"""The way by the place in the log, which is no index of its own."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where to begin: at the events of a mark, or in an index. Of what lies there `only` is meant."""

    index: str
    only: ColumnElement[bool]
    mark: int | None = None
    ordered: bool = True
    """By time; else only what is few is come upon this way."""

    @property
    def at(self) -> ColumnElement[int]:
        return events.c.at if self.mark is None else marks.c.at

    @property
    def idx(self) -> ColumnElement[int]:
        return IDX if self.mark is None else marks.c.idx

    def select(self, *columns: ColumnElement[Any]) -> Select[Any]:
        if self.mark is not None:
            both = marks.join(events, and_(marks.c.idx == IDX, marks.c.at == events.c.at))
            return select(*columns).select_from(both).where(marks.c.mark == self.mark, self.only)
        found = select(*columns).select_from(events).where(self.only)
        hint = "NOT INDEXED" if self.index == PLACED else f"INDEXED BY daemun_audit_events_{self.index}"
        # PostgreSQL keeps figures of what is how common, and finds the way by itself.
        return found.with_hint(events, hint, "sqlite") if self.index else found

    def few(self, when: Sequence[Created]) -> Select[Any]:
        """How many lie there, counted only so far."""
        one = literal(1)
        found = self.select(one) if self.mark is None else select(one).where(marks.c.mark == self.mark)
        times = [bound for each in when for bound in between(self.at, each.start, each.end)]
        return select(func.count()).select_from(found.where(*times).limit(FEW).subquery())


Where = tuple[Way, ...]
"""The ways that together lead to each event that is meant, and to each once."""


def where_of(asked: Asked, query: Query) -> Where:
    """Whoever may see only their own asks of each event whether it is theirs."""
    mine = () if asked.own is None else (Is("user", asked.own),)
    parts = (*(query.parts if isinstance(query, All) else (query,)), *mine)
    failed = FAILED if any(_fails(each) for each in parts) else None
    ways = {number: found for number, each in enumerate(parts) if (found := _ways(asked, each, failed))}
    best = _shortest(asked.tx, ways, [each for each in parts if isinstance(each, Created)])
    rest = and_(asked.shown, true() if failed is None else failed, *(asked.means(each) for at, each in enumerate(parts) if at != best))
    chosen = ways[best] if best is not None else (_default(parts, failed),)
    return tuple(replace(each, only=and_(each.only, rest)) for each in chosen)


def all_of(asked: Asked, query: Query) -> ColumnElement[bool]:
    """The same as one condition, for whoever goes through the events anyway."""
    mine = true() if asked.own is None else asked.means(Is("user", asked.own))
    return and_(asked.shown, mine, asked.means(query))


def _fails(part: Query) -> bool:
    return part == Not(Is("outcome", "success")) or (isinstance(part, Is) and part.field == "outcome" and part.value != "success")


def _default(parts: Sequence[Query], failed: ColumnElement[bool] | None) -> Way:
    """In the order of time, unless some alternative is better looked up by what the database finds for it."""
    plain = all(isinstance(each, Is | Created | Not | Begins | Places) and each != Is("has", "amend") for each in parts)
    return Way(_of("at", failed) if plain else "", true())


def _ways(asked: Asked, part: Query, failed: ColumnElement[bool] | None) -> Where:
    """Those that this part of the question opens."""
    ways: Where = ()
    match part:
        case Is("actor" | "target" | "user" as field, value):
            ways = _about(field, asked.surrogates(asked.tx, value), failed)
        case Places(first, end) if end - first <= NEAR:
            ways = (Way(PLACED, and_(first <= IDX, end > IDX)),)
        case Begins(_, prefix):
            ways = _beginning(asked.beginning(prefix), failed)
        case Is() if one := _same(asked, part, failed):
            ways = (one,)
        case Is() | Within() | Text() if found := asked.one_mark(part):
            readable = and_(asked.readable(marks.c.part), *(asked.marked([each]) for each in found[1:]))
            ways = (Way("", readable, found[0]),)
    return ways


def _beginning(actions: Sequence[str], failed: ColumnElement[bool] | None) -> Where:
    if len(actions) > 1:
        return (replace(_equal("action", events.c.action.in_(actions), failed), ordered=False),)
    return (_equal("action", events.c.action == "".join(actions), failed),)


def _same(asked: Asked, part: Is, failed: ColumnElement[bool] | None) -> Way | None:
    found = None
    match part:
        case Is("action", value):
            found = _equal("action", events.c.action == value, failed)
        case Is("kind", value) if value != "event":
            found = _equal("action", and_(events.c.action == f"audit.{value}", events.c.kind == value), failed)
        case Is("request", value):
            found = Way("request", and_(WITH_REQUEST, events.c.request == value))
        case Is("country", value):
            found = Way("country", and_(WITH_COUNTRY, events.c.country == asked.marks.country(value), asked.readable(events.c.holder)))
        case Is("has", "amend"):
            found = Way("amended", AMENDED)
    return found


def _about(field: str, names: Sequence[str], failed: ColumnElement[bool] | None) -> Where:
    if not names:
        return (_equal("actor", events.c.actor == "", failed),)  # the log calls nobody so, and an index knows at once
    by, to = (column == names[0] for column in (events.c.actor, events.c.target))
    one, other = _equal("actor", by, failed), _equal("target", and_(WITH_TARGET, to), failed)
    both = (one, replace(other, only=and_(other.only, not_(by))))
    return {"actor": (one,), "target": (other,)}.get(field, both)


def _equal(index: str, condition: ColumnElement[bool], failed: ColumnElement[bool] | None) -> Way:
    return Way(_of(index, failed), condition if failed is None else and_(failed, condition))


def _of(index: str, failed: ColumnElement[bool] | None) -> str:
    return index if failed is None or index not in FAILURES else f"failed_{index}"


def _shortest(tx: Transaction, ways: dict[int, Where], when: Sequence[Created]) -> int | None:
    """Counted, so far as it matters: somebody who did everything, and an action that is everything, are no good beginning."""
    if len(ways) == 1 and all(way.ordered for way in next(iter(ways.values()))):
        return next(iter(ways))
    if not ways:
        return None
    counted = [sum((each.few(when).scalar_subquery() for each in found), start=literal(0)) for found in ways.values()]
    row = tx.one(select(*counted))
    found = zip(row or (), ways, strict=True)
    usable = [(count, number) for count, number in found if count < FEW or all(way.ordered for way in ways[number])]
    return min(usable)[1] if usable else None


def page(where: Where, after: Cursor | None, limit: int, *, oldest_first: bool, skipped: int = 0) -> Select[Any]:
    """Keyset: what is added meanwhile moves nothing."""
    return ordered(where, SHOWN, after, limit, oldest_first=oldest_first, skipped=skipped)


def ordered(
    where: Where,
    columns: Sequence[ColumnElement[Any]],
    after: Cursor | None,
    limit: int,
    *,
    oldest_first: bool = False,
    skipped: int = 0,
) -> Select[Any]:
    """Each way in its order, and then the first of them all. `columns` have time and place among them when there are several ways."""
    found = [_one(each, columns, after, limit + skipped, oldest_first=oldest_first) for each in where]
    if len(found) == 1:
        return found[0].limit(limit).offset(skipped or None)
    together = union_all(*(select(each.subquery()) for each in found)).subquery()
    at, idx = together.c["at"], together.c["idx"]
    sorted_ = select(together).order_by(*((at, idx) if oldest_first else (at.desc(), idx.desc())))
    return sorted_.limit(limit).offset(skipped or None)


def _one(way: Way, columns: Sequence[ColumnElement[Any]], after: Cursor | None, limit: int, *, oldest_first: bool) -> Select[Any]:
    at, idx = way.at, way.idx
    found = way.select(*columns).order_by(*((at, idx) if oldest_first else (at.desc(), idx.desc()))).limit(limit)
    if after is None:
        return found
    # Both halves say the bound on time, so that an index that leads with it starts there.
    if oldest_first:
        return found.where(at >= after[0], or_(at > after[0], after[1] < idx))
    return found.where(at <= after[0], or_(at < after[0], after[1] > idx))


def since(condition: ColumnElement[bool], idx: int, limit: int) -> Select[Any]:
    """What was drawn after a place of the log, in the log's order."""
    return Way(PLACED, and_(idx < IDX, condition)).select(*SHOWN).order_by(IDX).limit(limit)


def many(where: Where, most: int) -> Select[Any]:
    """How many there are, counted up to a bound."""
    found = union_all(*(select(each.select(literal(1).label("one")).limit(most).subquery()) for each in where)).subquery()
    return select(func.count()).select_from(select(found).limit(most).subquery())


def name_of(tx: Transaction, subject: str) -> str | None:
    """Of their key, while it is read with."""
    row = tx.one(select(store.keys.c.name).where(store.keys.c.subject == subject, store.keys.c.blocked_at.is_(None)))
    return row.name if row else None


def subjects(tx: Transaction, surrogates: Collection[str]) -> dict[str, str]:
    """Whose they are: of those whose keys are read with."""
    return {f"s_{row.name}": row.subject for row in store.keys_named(tx, [each[2:] for each in surrogates])}


def amendments(tx: Transaction, places: Iterable[int]) -> dict[int, list[int]]:
    """Of each entry those that say something else in its place, in their order."""
    found: dict[int, list[int]] = {}
    for row in tx.all(select(events.c.idx, events.c.ref).where(AMENDING, events.c.ref.in_(tuple(places))).order_by(IDX)):
        found.setdefault(row.ref, []).append(row.idx)
    return found
