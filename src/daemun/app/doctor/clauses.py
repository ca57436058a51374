"""What published standards ask of a gate, and how far a configuration can answer for it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from daemun.core.finding import Verdict, worst
from daemun.core.sentence import Sentence

FILE: Final = Path(__file__).parent / "clauses.toml"
Standing = Verdict | Literal["built-in", "not-built"]
"""built-in: no setting changes it; that it holds is what the tests show. not-built: it waits for a capability."""


@dataclass(frozen=True, slots=True)
class Clause:
    id: int
    source: str
    asks: Sentence
    waits: str = ""
    """The capability without which there is nothing to look at."""

    @property
    def standard(self) -> str:
        """The publication, without the chapter."""
        name = re.match(r"\D*\S+", self.source)
        return name.group() if name else self.source


def clauses() -> tuple[Clause, ...]:
    found = tomllib.loads(FILE.read_text("utf-8"))["clause"]
    return tuple(Clause(each["id"], each["source"], Sentence(each["ko"], each["en"]), each.get("waits", "")) for each in found)


def standing(clause: Clause, verdicts: Sequence[Verdict]) -> Standing:
    """The worst of what was seen of it. What waits says so, whatever is seen of its beginnings."""
    if clause.waits:
        return "not-built"
    if not verdicts:
        return "built-in"
    return worst(list(verdicts))
