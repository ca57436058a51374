"""An event that was found, as it may be shown: what the log says openly, and of its sealed parts what is still readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from daemun.core.address import truncated
from daemun.features.audit.searching.drawing.store import Row
from daemun.ports.database import moment

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """`parts` are as they stand now, amendments included; a part that is None was erased, or its time was over.

    `subjects`: part to whose it is. `altered`: it is not what the log committed to, and nothing of it is shown.
    """

    row: Row
    entry: Said
    parts: Mapping[str, Said | None] = field(repr=False)
    subjects: Mapping[str, str]
    who: Mapping[str, str] = field(default_factory=dict)
    """What the log calls somebody to whose that is, as far as anybody still knows."""
    amendments: tuple[int, ...] = ()
    public: frozenset[str] = frozenset()
    altered: bool = False

    @property
    def idx(self) -> int:
        return self.row.idx

    @property
    def place(self) -> tuple[int, int]:
        """What the next page goes on after."""
        return self.row.at, self.row.idx

    @property
    def at(self) -> datetime:
        return moment(self.row.at)

    @property
    def actor(self) -> str:
        """Who, as far as anybody still knows: an id, `system:shell`, `nobody`, or what the log calls them."""
        return actor_of(self.row.actor, self.who)

    @property
    def target(self) -> str | None:
        return actor_of(self.row.target, self.who) if self.row.target else None

    @property
    def gone(self) -> tuple[str, ...]:
        """The parts that nobody can read any more."""
        return tuple(part for part, said in self.parts.items() if said is None)

    @property
    def details(self) -> dict[str, Any]:
        return {name: value for said in self.parts.values() if said for name, value in said.get("details", {}).items()}

    @property
    def public_details(self) -> dict[str, Any]:
        """Those that are nobody's personal data."""
        return {name: value for name, value in self.details.items() if name in self.public}

    @property
    def address(self) -> str | None:
        found: str | None = self.said("address")
        return found

    @property
    def network(self) -> str | None:
        """The address, too coarse to find somebody."""
        return truncated(self.address) or None if self.address else None

    @property
    def resource(self) -> str | None:
        """`type:id`, or the type of what it was done to where that is a person."""
        found: str | None = self.said("resource")
        return found or self.row.thing or None

    @property
    def session(self) -> str | None:
        """The session it happened in, or began."""
        found: str | None = self.said("session")
        thing, _, session = (self.resource or "").partition(":")
        return found or (session or None if thing == "session" else None)

    @property
    def reason(self) -> str | None:
        """Why the log was amended, pruned, erased from or held: in somebody's own words."""
        found: str | None = self.said("reason")
        return found

    def said(self, name: str) -> Any:
        return next((said[name] for said in self.parts.values() if said and name in said), None)

    def only(self, own: str) -> Self:
        """What of it is theirs, and what is nobody's."""
        mine = {part: said for part, said in self.parts.items() if self.subjects.get(part) == own}
        nobodys: dict[str, Said | None] = {"tenant": {"details": self.public_details}} if self.public_details else {}
        who = {surrogate: subject for surrogate, subject in self.who.items() if subject == own}
        return replace(self, parts=nobodys | mine, subjects=dict.fromkeys(mine, own), who=who)

    def personal(self) -> dict[str, Any]:
        """All of its sealed parts that can be read, each under its name."""
        return {part: dict(said) for part, said in self.parts.items() if said}


def actor_of(surrogate: str, who: Mapping[str, str]) -> str:
    subject = who.get(surrogate)
    return surrogate if subject is None else subject if ":" in subject else f"user:{subject}"
