"""On which terms people are taken in, and what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from daemun.core.circumstance import Language
from daemun.core.errors import Flaw
from daemun.features.identity import Status

Came = Literal["imported", "linked", "here", "rejected"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator has chosen. Without a choice nothing is overwritten, nobody is given a right, and no letter is written."""

    origin: str
    """Under which name the source is known here: the same person of the same origin never comes twice."""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which of ours a role of theirs becomes; one that is not named becomes none."""
    links_taken_emails: bool = False
    renames: bool = False
    drops_unknown_hashes: bool = False
    vouches_for_emails: bool = False
    writes_letters: bool = False
    language: Language = "ko"
    """Of those of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody with whom nothing is wrong by itself: whether there is room for them, the database knows."""

    row: int
    mark: str
    trace: str
    source_id: str
    email: str
    handles: tuple[str, ...]
    """Those they may have, the likeliest first."""
    name: str
    password: str | None = field(repr=False)
    status: Status
    until: datetime | None
    verified: bool
    created_at: datetime
    last_login_at: datetime | None
    roles: tuple[str, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row, or what would."""

    row: int
    source_id: str
    email: str
    came: Came
    user_id: str = ""
    handle: str = ""
    status: str = ""
    roles: tuple[str, ...] = ()
    has_password: bool = False
    flaws: tuple[Flaw, ...] = ()


@dataclass(slots=True)
class Tally:
    """The sum of all outcomes."""

    came: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    """Of those that were rejected: why, each by its first reason."""
    shut: int = 0
    without_password: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)
    """Roles of theirs that became none of ours."""

    @property
    def rows(self) -> int:
        return sum(self.came.values())

    def count(self, outcomes: Sequence[Outcome]) -> None:
        for each in outcomes:
            self.came[each.came] += 1
            if each.came == "rejected":
                self.codes[each.flaws[0].code] += 1
            if each.came == "imported":
                self.shut += each.status == "BANNED"
                self.without_password += not each.has_password
                self.roles.update(each.roles)
