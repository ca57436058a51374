"""Whether two kinds of request can be told apart by the time of their answers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

LEAST, MOST = 250, 2000
BLOCK = 25
"""Pairs whose requests are shuffled together. What a request leaves to be done slows the next: of a pair that would be the other one."""
LOOKED_EVERY = 250
RESAMPLES = 4000
LEVEL = 0.99
SHARE, MILLISECONDS = 0.02, 0.3
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of the one kind and of the other."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    @property
    def difference(self) -> float:
        return median(self.ours) - median(self.theirs)

    @property
    def bound(self) -> float:
        """The larger of the two: of a slow answer 0.3 ms are lost in the noise, of a quick one two per cent are."""
        return max(MILLISECONDS, SHARE * median(self.theirs))

    def interval(self) -> tuple[float, float]:
        """Where the difference of the medians lies, by the bootstrap."""
        dice, ours, theirs = random.Random(SEED), sorted(self.ours), sorted(self.theirs)
        drawn = sorted(_drawn(dice, ours) - _drawn(dice, theirs) for _ in range(RESAMPLES))
        tail = int(RESAMPLES * (1 - LEVEL) / 2)
        return drawn[tail], drawn[-tail - 1]

    @property
    def is_sure(self) -> bool:
        """Whether the whole interval is within the bound, or wholly beyond it."""
        low, high = self.interval()
        return -self.bound < low <= high < self.bound or low > self.bound or high < -self.bound


def _drawn(dice: random.Random, ordered: list[float]) -> float:
    """The median of a resample, without drawing the resample: of n uniform numbers the middle one has this Beta distribution."""
    half = (len(ordered) + 1) / 2
    return ordered[int(len(ordered) * dice.betavariate(half, half))]


def order(pairs: int) -> Iterator[tuple[int, bool]]:
    """(number of the pair, whether it is ours): both of a pair within the same block, in an order nobody can foresee."""
    dice = random.Random(SEED)
    for first in range(0, pairs, BLOCK):
        block = [(number, ours) for number in range(first, min(first + BLOCK, pairs)) for ours in (True, False)]
        dice.shuffle(block)
        yield from block


def compared(ask: Callable[[int, bool], Sequence[float]], pairs: int | None, patience: float) -> list[Times]:
    """`ask` takes one or several times, in seconds; each is compared for itself. `pairs`: exactly so many."""
    found, until = list[Times](), time.monotonic() + patience
    for turn, (number, ours) in enumerate(order(pairs or MOST)):
        taken = ask(number, ours)
        found = found or [Times() for _ in taken]
        for times, seconds in zip(found, taken, strict=True):
            (times.ours if ours else times.theirs).append(seconds * 1000)
        done, rest = divmod(turn + 1, 2)
        if pairs is None and not rest and done % BLOCK == 0:
            looks = done >= LEAST and done % LOOKED_EVERY == 0
            if time.monotonic() > until or (looks and all(each.is_sure for each in found)):
                break
    return found
