"""What the entries of a log say of the log itself: what may be gone, and who counted how far. Pure."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Accounts", "Ranges"]

SETTLED: Final = 120_000_000
"""Microseconds after which a process must have told of a number that came to nothing."""


@dataclass(slots=True)
class Ranges:
    """Sorted spans, end not included."""

    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, first: int, end: int) -> None:
        self.spans.append((first, end))
        merged = list[tuple[int, int]]()
        for low, high in sorted(self.spans):
            if merged and low <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        self.spans = merged

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self.spans, (number, 2**64))
        return at > 0 and self.spans[at - 1][0] <= number < self.spans[at - 1][1]


@dataclass(slots=True)
class Counted:
    """The numbers of one process: what was seen of them, when, and what it or its heir gave up openly."""

    end: int = 0
    missing: dict[int, int] = field(default_factory=dict)
    """Number to the time of what came next."""
    twice: list[int] = field(default_factory=list)
    latest: int = 0
    given_up: Ranges = field(default_factory=Ranges)

    def saw_all(self, numbers: Sequence[int], times: Sequence[int], places: Sequence[int]) -> None:
        """One after another as they nearly always are, or each by itself."""
        if numbers == list(range(self.end, self.end + len(numbers))):
            self.end += len(numbers)
            self.latest = max(self.latest, *times)
            return
        for number, at, idx in zip(numbers, times, places, strict=True):
            self.saw(number, at, idx)

    def saw(self, number: int, at: int, idx: int) -> None:
        if number >= self.end:
            for skipped in range(self.end, number):
                self.missing[skipped] = at
            self.end = number + 1
        elif self.missing.pop(number, None) is None:
            self.twice.append(idx)
        self.latest = max(self.latest, at)


@dataclass(slots=True)
class Accounts:
    producers: dict[str, Counted] = field(default_factory=dict)
    allowed: Ranges = field(default_factory=Ranges)
    """Entries that a later one says are pruned or taken out."""
    erased: set[str] = field(default_factory=set)
    gaps: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    config: dict[str, Any] | None = None
    """The last that the log says of how it is kept, and where: `open`, `weak`, `entry`."""
    turns: list[tuple[int, bytes]] = field(default_factory=list)
    """Entries about the key the log signs with."""

    def counted(self, boot: str, numbers: Sequence[int], times: Sequence[int], places: Sequence[int]) -> None:
        """What one process numbered, in the order of the log."""
        if boot not in self.producers:
            self.producers[boot] = Counted()
        self.producers[boot].saw_all(numbers, times, places)

    def control(self, idx: int, data: bytes) -> None:
        entry: dict[str, Any] = json.loads(data)
        kind = entry["k"]
        if kind in ("prune", "tombstone"):
            for first, end in entry["ranges"]:
                self.allowed.add(first, min(end, idx))  # nothing authorises what comes after it
        elif kind == "erase":
            self.erased.add(f"k_{entry['sg'][2:]}")
        elif kind == "gap":
            self.gaps.append((idx, entry))
        elif kind == "config" and "open" in entry:
            self.config = {"entry": idx, "open": entry["open"], "weak": entry["weak"]}
        elif kind == "key":
            self.turns.append((idx, data))

    def tell(self, found: Callable[..., None], gaps: list[str], *, whole: bool) -> None:
        """What the counts say. Where reading did not begin at the beginning, a process may have counted before."""
        for idx, gap in self.gaps:
            if gap["why"] == "altered":
                found("outbox_altered", idx)
            else:
                gaps.append(f"{idx}: {gap['why']}")
            for first, end in gap.get("numbers", ()):
                self.producers.setdefault(gap["boot"], Counted()).given_up.add(first, end)
        for boot, counted in self.producers.items():
            for idx in counted.twice:
                found("number_twice", idx, more=boot)
            if not whole:
                continue
            for number, at in counted.missing.items():
                # The last numbers of a process may still be on their way; those of one that went on are not.
                if number not in counted.given_up and counted.latest - at > SETTLED:
                    found("event_dropped", more=f"{boot} {number}")
