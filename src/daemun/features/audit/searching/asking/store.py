"""What a question means, as a condition on events. Whoever may see only their own finds nothing by what others sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, and_, case, exists, false, func, literal, literal_column, not_, or_, select, text, true

from daemun.features.audit import store
from daemun.features.audit.searching.drawing.store import events, marks, sweeps
from daemun.features.audit.searching.marks import PARTS, Marks
from daemun.features.audit.searching.query import All, Begins, Created, Either, Is, Not, Places, Query, Text, Within
from daemun.ports.database import Transaction

Surrogates = Callable[[Transaction, str], Sequence[str]]
"""What the log calls whoever is meant by a handle, an id or an actor's name: one, or none when it knows nobody so."""
Actions = Callable[[str], Mapping[str, Sequence[str]]]
"""Outcome to the actions whose code or sentence, when they end so, has these words."""
IDX: Final = events.c.idx
its: Final = marks.alias("its")
"""The marks of an event that is looked at."""
SELDOM: Final = 2000
"""So many events with a mark are looked up one by one."""
# An index of what is not empty is used where the question says that it is not, in the very words of the index, not as a parameter.
WITH_TARGET: Final = events.c.target != literal_column("''")
WITH_REQUEST: Final = events.c.request != literal_column("''")
WITH_COUNTRY: Final = events.c.country != literal_column("0")
AMENDING: Final = events.c.ref >= literal_column("0")
AMENDED: Final = events.c.amended >= literal_column("0")
FAILED: Final = events.c.outcome != literal_column("'success'")
# From one action to the next in an index of the sums of each hour, instead of through all of them.
ACTIONS: Final = text(
    "WITH RECURSIVE found(action) AS (SELECT min(action) FROM daemun_audit_hours UNION ALL "
    "SELECT (SELECT min(action) FROM daemun_audit_hours WHERE action > found.action) FROM found WHERE found.action IS NOT NULL) "
    "SELECT action FROM found WHERE action IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in one transaction. `own`: what the log calls the one person it may be about; None: about anybody."""

    tx: Transaction
    marks: Marks
    surrogates: Surrogates
    actions: Actions
    own: str | None = None

    @property
    def shown(self) -> ColumnElement[bool]:
        """What is hidden already, and still to be taken out, is never meant."""
        if self.tx.one(select(literal(1)).where(sweeps.c.surrogate == "").limit(1)) is None:
            return true()
        return ~exists().where(sweeps.c.surrogate == "", sweeps.c.first <= IDX, sweeps.c.end > IDX)

    def means(self, query: Query, *, in_either: bool = False) -> ColumnElement[bool]:
        found: ColumnElement[bool]
        match query:
            case All(parts):
                found = and_(true(), *(self.means(each, in_either=in_either) for each in parts))
            case Either(parts):
                found = or_(false(), *(self.means(each, in_either=True) for each in parts))
            case Not(part):
                found = not_(self.means(part))
            case Created(start, end):
                found = and_(true(), *between(events.c.at, start, end))
            case Places(first, end):
                found = and_(first <= IDX, end > IDX)
            case Begins(_, prefix):
                found = events.c.action.in_(self.beginning(prefix))
            case Within(network):
                found = self.marked(self.marks.network(network), in_either=in_either)
            case Text(words):
                found = self._text(words, in_either=in_either)
            case Is():
                found = self._same(query, in_either=in_either)
        return found

    def beginning(self, prefix: str) -> list[str]:
        """The actions there are in the log that begin so."""
        return [row.action for row in self.tx.all(ACTIONS) if row.action.startswith(prefix)]

    def one_mark(self, asked: Is | Within | Text) -> list[int]:
        """Of which marks an event has each when it is meant; none: it is not only a matter of marks."""
        match asked:
            case Within(network):
                found = self.marks.network(network)
                return found if len(found) == 1 else []
            case Text(words):
                return [] if self.actions(words) else self.marks.words(words)
            case Is("session" | "path" as field, value):
                return [self.marks.of(field, value)]
            case Is("resource", value) if ":" in value:
                return [self.marks.thing(value)]
        return []

    def _same(self, asked: Is, *, in_either: bool) -> ColumnElement[bool]:
        found: ColumnElement[bool]
        value = asked.value
        match asked.field:
            case "action" | "outcome":
                found = events.c[asked.field] == value
            case "kind":
                found = events.c.kind == value
                found = found if value == "event" else and_(found, events.c.action == f"audit.{value}")
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
                found = and_(WITH_COUNTRY, events.c.country == self.marks.country(value), self.readable(events.c.holder))
            case "session" | "path":
                found = self.marked(self.one_mark(asked), in_either=in_either)
            case "resource":
                found = or_(events.c.thing == value, self.marked([self.marks.thing(value)], in_either=in_either))
            case "has":
                found = {"amend": AMENDED, "target": WITH_TARGET, "request": WITH_REQUEST}[value]
        return found

    def _text(self, words: str, *, in_either: bool) -> ColumnElement[bool]:
        named = [and_(events.c.outcome == outcome, events.c.action.in_(codes)) for outcome, codes in self.actions(words).items()]
        found = [self.marked([each], in_either=in_either) for each in self.marks.words(words)]
        return or_(false(), *named, and_(*found) if found else false())

    def marked(self, wanted: Sequence[int], *, in_either: bool = False) -> ColumnElement[bool]:
        """Beside other conditions each event is asked for its marks. Alone in an alternative, what is seldom is looked up; what is common
        is come upon soon, by whoever goes through the events in their order."""
        theirs = its.c.mark.in_(wanted)
        seldom = self.tx.all(select(its.c.idx, its.c.part).where(theirs).limit(SELDOM + 1)) if in_either else ()
        if not in_either or len(seldom) > SELDOM:
            return exists().where(theirs, its.c.at == events.c.at, its.c.idx == IDX, self.readable(its.c.part)).correlate(events)
        places: dict[int, set[int]] = {}
        for row in seldom:
            places.setdefault(row.part, set()).add(row.idx)
        return or_(false(), *(and_(IDX.in_(sorted(each)), self.readable(literal(part))) for part, each in places.items()))

    def readable(self, part: ColumnElement[int]) -> ColumnElement[bool]:
        """A part is looked for only while its key is there, and by people only when it is theirs."""
        whose = case((part == PARTS["actor"], events.c.actor), else_=events.c.target)
        if self.own is not None:
            return or_(part == PARTS["tenant"], whose == self.own)
        return or_(part == PARTS["tenant"], living(whose))


def living(whose: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the key of what the log calls somebody is there, and read with."""
    keys = store.keys.c
    return select(literal(1)).where(keys.name == func.substr(whose, 3), keys.blocked_at.is_(None)).correlate_except(store.keys).exists()


def between(column: ColumnElement[int], start: int | None, end: int | None) -> list[ColumnElement[bool]]:
    return [
        *([column >= literal(start, BigInteger)] if start is not None else []),
        *([column < literal(end, BigInteger)] if end is not None else []),
    ]
