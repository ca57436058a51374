"""How much there is of what: facets of what was found, a histogram, and sums. Exact from the sums of each hour where they can answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase
from typing import Any, Final, Literal

from daemun.features.audit.searching.drawing.store import HOUR
from daemun.features.audit.searching.finding import store as finding
from daemun.features.audit.searching.found import actor_of
from daemun.features.audit.searching.marks import PARTS
from daemun.features.audit.searching.query import All, Created, Query, all_of
from daemun.features.audit.searching.search import Search
from daemun.ports.database import Transaction, micros

Step = Literal["hour", "day", "week"]
STEPS: Final[Mapping[Step, int]] = {"hour": HOUR, "day": 24 * HOUR, "week": 7 * 24 * HOUR}
FACETED: Final = 10_000
"""Of the newest events that match, so many are looked at."""
COUNTED: Final = 100_000
SHOWN: Final = 10
FIELDS: Final = {"actor": "actor", "action": "action", "outcome": "outcome", "class": "retention"}
DAYS: Final = 30
MOST_BARS: Final = 120


@dataclass(frozen=True, slots=True)
class Facets:
    """Each field with its commonest values. `capped`: there is more than was looked at."""

    counted: int
    capped: bool
    fields: dict[str, list[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Bar:
    start: int
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Histogram:
    step: Step
    start: int
    end: int
    bars: list[Bar]
    capped: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    total: int
    capped: bool
    outcomes: dict[str, int]
    actions: list[tuple[str, dict[str, int]]]
    """The commonest, by how they ended."""


@dataclass(frozen=True, slots=True)
class Counting:
    search: Search

    def facets(self, tx: Transaction, query: Query, *, own: str | None = None) -> Facets:
        where = self.search.where(tx, query, own)
        rows = [] if where is None else tx.all(finding.newest(where, FACETED + 1))
        seen = rows[:FACETED]
        fields = {name: _commonest(told for row in seen if (told := getattr(row, column))) for name, column in FIELDS.items()}
        who = finding.subjects(tx, [name for name, _ in fields["actor"] if name.startswith("s_")])
        fields["actor"] = [(actor_of(name, who), count) for name, count in fields["actor"]]
        fields["country"] = self._countries(tx, seen)
        return Facets(len(seen), len(rows) > FACETED, fields)

    def histogram(self, tx: Transaction, query: Query, *, own: str | None = None) -> Histogram:
        start, end = _range(query, micros(tx.now))
        step: Step = next((each for each, length in STEPS.items() if end - start <= MOST_BARS * length), "week")
        length = STEPS[step]
        start = start // length * length
        rows, capped = self._counts(tx, all_of((query, Created(start, end))), length, own)
        found: dict[int, dict[str, int]] = {}
        for at, _, outcome, count in rows:
            told = found.setdefault(at * length, {})
            told[outcome] = told.get(outcome, 0) + count
        # Weeks of many years are told where something was; anything shorter without holes.
        bars = sorted(found) if (end - start) // length > 2 * MOST_BARS else range(start, end, length)
        return Histogram(step, start, end, [Bar(at, found.get(at, {})) for at in bars], capped)

    def statistics(self, tx: Transaction, query: Query, *, own: str | None = None) -> Statistics:
        rows, capped = self._counts(tx, query, None, own)
        outcomes, actions = Counter[str](), dict[str, Counter[str]]()
        for _, action, outcome, count in rows:
            outcomes[outcome] += count
            actions.setdefault(action, Counter())[outcome] += count
        ordered = sorted(actions.items(), key=lambda each: (-each[1].total(), each[0]))
        return Statistics(outcomes.total(), capped, dict(outcomes), [(name, dict(told)) for name, told in ordered[: 2 * SHOWN]])

    def _counts(self, tx: Transaction, query: Query, length: int | None, own: str | None) -> tuple[Sequence[Any], bool]:
        """Bar, action, outcome, how many; and whether that is not all of them."""
        if own is None and (where := finding.summed(query)) is not None:
            return tx.all(finding.by_hours(where, length)), False
        found = self.search.where(tx, query, own)
        if found is None:
            return [], False
        rows = tx.all(finding.by_events(found, length, COUNTED))
        return rows, sum(row.many for row in rows) >= COUNTED

    def _countries(self, tx: Transaction, rows: Sequence[Any]) -> list[tuple[str, int]]:
        """What is sealed for somebody counts while it can be read."""
        found = Counter((row.country, _whose(row)) for row in rows if row.country)
        living = finding.subjects(tx, {whose for _, whose in found if whose.startswith("s_")})
        counted = Counter[int]()
        for (mark, whose), count in found.items():
            if not whose or whose in living:
                counted[mark] += count
        codes = {self.search.marks.country(code): code for code in map("".join, product(ascii_uppercase, repeat=2))} if counted else {}
        return [(codes[mark], count) for mark, count in counted.most_common(SHOWN)]


def _commonest(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda each: (-each[1], each[0]))[:SHOWN]


def _whose(row: Any) -> str:
    whose: str = {PARTS["actor"]: row.actor, PARTS["target"]: row.target}.get(row.holder, "")
    return whose


def _range(query: Query, now: int) -> tuple[int, int]:
    """What the question says of time, else the last thirty days."""
    spans = [each for each in (query.parts if isinstance(query, All) else (query,)) if isinstance(each, Created)]
    end = min(
        (each.end for each in spans if each.end is not None), default=(now // HOUR + 1) * HOUR
    )  # so that the sums of each hour can answer
    start = max((each.start for each in spans if each.start is not None), default=max(0, end - DAYS * 24 * HOUR))
    return min(start, end - 1), end
