"""How much there is of what: facets of what was found, a histogram, and sums. Exact from the sums of each hour where they can answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase
from typing import Any, Final, Literal

from daemun.features.audit.searching.drawing.store import HOUR
from daemun.features.audit.searching.finding import store as finding
from daemun.features.audit.searching.found import actor_of
from daemun.features.audit.searching.query import All, Created, Query, all_of
from daemun.features.audit.searching.search import Search
from daemun.features.audit.searching.summing import store as summing
from daemun.ports.database import Transaction, micros

Step = Literal["hour", "day", "week"]
STEPS: Final[Mapping[Step, int]] = {"hour": HOUR, "day": 24 * HOUR, "week": 7 * 24 * HOUR}
FACETED: Final = 10_000
"""Of the newest events that match, so many are looked at."""
COUNTED: Final = 100_000
SHOWN: Final = 10
FIELDS: Final = ("actor", "action", "outcome", "class", "country")
DAYS: Final = 30
MOST_BARS: Final = 120


@dataclass(frozen=True, slots=True)
class Facets:
    """Each field with its commonest values, of the `counted` newest. `capped`: there may be more than those; `exact` fields count all."""

    counted: int
    capped: bool
    fields: dict[str, list[tuple[str, int]]]
    exact: Sequence[str]


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
        sums = summing.summed(query) if own is None else None
        where = self.search.where(tx, query, own)
        if where is None:
            return Facets(0, capped=False, fields={name: [] for name in FIELDS}, exact=FIELDS)
        whole = summing.exactly(tx, sums, SHOWN) if sums is not None else {}
        newest, looked_at = summing.among_newest(tx, query, where, [each for each in FIELDS if each not in whole], FACETED, SHOWN)
        capped = looked_at >= FACETED
        counted = {name: (whole | newest)[name] for name in FIELDS}
        who = finding.subjects(tx, [name for name, _ in counted["actor"] if name.startswith("s_")])
        counted["actor"] = [(actor_of(name, who), count) for name, count in counted["actor"]]
        counted["country"] = self._countries(counted["country"])
        return Facets(looked_at, capped, counted, tuple(each for each in FIELDS if each in whole or not capped))

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
        if own is None and (where := summing.summed(query)) is not None:
            return tx.all(summing.by_hours(where, length)), False
        found = self.search.where(tx, query, own)
        if found is None:
            return [], False
        rows = tx.all(summing.by_events(found, length, COUNTED))
        return rows, sum(row.many for row in rows) >= COUNTED

    def _countries(self, counted: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        """Marks are turned into codes by trying all of them."""
        if not counted:
            return []
        codes = {str(self.search.marks.country(code)): code for code in map("".join, product(ascii_uppercase, repeat=2))}
        return [(codes[mark], count) for mark, count in counted]


def _range(query: Query, now: int) -> tuple[int, int]:
    """What the question says of time, else the last thirty days."""
    spans = [each for each in (query.parts if isinstance(query, All) else (query,)) if isinstance(each, Created)]
    end = min(
        (each.end for each in spans if each.end is not None), default=(now // HOUR + 1) * HOUR
    )  # so that the sums of each hour can answer
    start = max((each.start for each in spans if each.start is not None), default=max(0, end - DAYS * 24 * HOUR))
    return min(start, end - 1), end
