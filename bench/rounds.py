"""Taking turns: what is compared is measured within the same seconds, so that the machine's moods hit both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Sample = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rounds:
    taken: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        return median(self.taken[name])

    def ratio(self, above: str, below: str) -> float:
        """The median over rounds of one to the other: a slow minute slows both, and cancels out."""
        return median(one / other for one, other in zip(self.taken[above], self.taken[below], strict=True))

    def inverted(self) -> Rounds:
        """Seconds apiece become pieces a second."""
        return Rounds({name: [1 / each for each in values] for name, values in self.taken.items()})


def interleaved(samples: Mapping[str, Sample], rounds: int) -> Rounds:
    """One round to warm up, then the counted ones; every other round goes backwards, so that nobody is always first."""
    taken: dict[str, list[float]] = {name: [] for name in samples}
    for sample in samples.values():
        sample()
    order = list(samples)
    for _ in range(rounds):
        for name in order:
            taken[name].append(samples[name]())
        order.reverse()
    return Rounds(taken)
