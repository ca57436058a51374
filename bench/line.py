"""One line of the table: a figure, what stands beside it, and whether it is good enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["met", "missed", "not measured", "—"]


@dataclass(frozen=True, slots=True)
class Goal:
    """`of` says which number is judged: our own, or its ratio to what stands beside it."""

    of: Literal["ours", "ratio"]
    least: float | None = None
    most: float | None = None

    def met_by(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        sign, bound = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{sign} {bound:g}{'x' if self.of == 'ratio' else ''}"


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    unit: str
    ours: float | None
    beside: str = ""
    """What is measured beside us, with its version."""
    theirs: float | None = None
    ratio: float | None = None
    goal: Goal | None = None
    note: str = ""
    rounds: Mapping[str, list[float]] = field(default_factory=dict)
    broken: str = ""
    """Why it could not be measured where it should have been: as bad as a goal that is missed."""

    @property
    def verdict(self) -> Verdict:
        if self.broken:
            return "missed"
        if self.goal is None:
            return "—"
        judged = self.ours if self.goal.of == "ours" else self.ratio
        if judged is None:
            return "not measured"
        return "met" if self.goal.met_by(judged) else "missed"

    @property
    def told(self) -> str:
        return ". ".join(filter(None, (self.broken, self.note)))

    def cells(self) -> tuple[str, ...]:
        """what, ours, beside, ratio, goal, verdict"""
        beside = f"{number(self.theirs)} {self.beside}" if self.theirs is not None else self.beside or "—"
        ratio = "—" if self.ratio is None else f"{self.ratio:.2f}"
        goal = "—" if self.goal is None else str(self.goal)
        return f"{self.what}, {self.unit}", number(self.ours), beside, ratio, goal, self.verdict

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": self.ours,
            "beside": {"what": self.beside, "value": self.theirs},
            "ratio": self.ratio,
            "goal": self.goal and {"of": self.goal.of, "least": self.goal.least, "most": self.goal.most},
            "verdict": self.verdict,
            "note": self.told,
            "rounds": dict(self.rounds),
        }


def number(value: float | None) -> str:
    """Three digits that count: more would be noise."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
