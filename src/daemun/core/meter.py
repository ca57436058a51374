"""Counting and measuring, for a fraction of a microsecond each: numbers in cells, and where a series has its cells."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from daemun.core.measures import PROCESSES, SERIES_LOST, Measure

Key = tuple[str, ...]
"""The name of a measure, then the values of its labels."""
Values = Sequence[float]


class Cells(Protocol):
    """The part that an array and a mapped file have in common."""

    def __getitem__(self, place: int, /) -> float: ...
    def __setitem__(self, place: int, value: float, /) -> None: ...


class Ledger(Protocol):
    """Where the numbers of one process are kept."""

    @property
    def cells(self) -> Cells: ...

    def claim(self, key: Key, size: int) -> int | None:
        """The first of so many cells, all zero; None when there is no more room."""
        ...


class Memory:
    """A ledger that nobody else reads."""

    def __init__(self) -> None:
        self.cells = array("d")

    def claim(self, key: Key, size: int) -> int:  # noqa: ARG002 - the ledgers' common form
        place = len(self.cells)
        self.cells.extend([0.0] * size)
        return place


class Meter:
    """To be used on one thread: the event loop's."""

    def __init__(self) -> None:
        self._places: dict[Key, tuple[int, int]] = {}
        self._cells: Cells = array("d")
        self.keep_in(Memory())

    def add(self, measure: Measure, *labels: str, by: float = 1.0) -> None:
        place = self._places.get((measure.name, *labels)) or self._claimed(measure, labels)
        if place:
            self._cells[place[0]] += by

    def put(self, measure: Measure, value: float, *labels: str) -> None:
        place = self._places.get((measure.name, *labels)) or self._claimed(measure, labels)
        if place:
            self._cells[place[0]] = value

    def observe(self, measure: Measure, value: float, *labels: str) -> None:
        place = self._places.get((measure.name, *labels)) or self._claimed(measure, labels)
        if place:
            cells, first = self._cells, place[0]
            cells[first + bisect_left(measure.bounds, value)] += 1
            cells[first + len(measure.bounds) + 1] += value

    def keep_in(self, ledger: Ledger) -> None:
        """Takes along what was counted so far."""
        before, known = self._cells, self._places
        self._ledger, self._cells, self._places = ledger, ledger.cells, {}
        self._claimed(SERIES_LOST, ())
        self.put(PROCESSES, 1)
        for key, (place, size) in known.items():
            self._copy(key, [before[place + number] for number in range(size)])

    def readings(self) -> dict[Key, Values]:
        return {key: [self._cells[place + number] for number in range(size)] for key, (place, size) in self._places.items()}

    def _copy(self, key: Key, values: Sequence[float]) -> None:
        if (found := self._places.get(key)) or (found := self._claim(key, len(values))):
            for number, value in enumerate(values):
                self._cells[found[0] + number] = value

    def _claimed(self, measure: Measure, labels: tuple[str, ...]) -> tuple[int, int] | None:
        found = self._claim((measure.name, *labels), size_of(measure))
        if found is None and SERIES_LOST.name != measure.name:
            self.add(SERIES_LOST)
        return found

    def _claim(self, key: Key, size: int) -> tuple[int, int] | None:
        place = self._ledger.claim(key, size)
        if place is None:
            return None
        found = self._places[key] = (place, size)
        return found


def size_of(measure: Measure) -> int:
    """A histogram has a cell for each bucket, one for what is beyond them, and one for the sum."""
    return len(measure.bounds) + 2 if measure.kind == "histogram" else 1
