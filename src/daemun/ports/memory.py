"""What the gate remembers between two questions to the database, and how it hears that something has changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from daemun.ports.database import Parts


@dataclass(frozen=True, slots=True)
class Slip:
    """Given before the database is asked; with it the answer may be kept, unless something changed meanwhile."""

    place: str
    epoch: str
    number: int


@dataclass(frozen=True, slots=True)
class Recollection:
    parts: Parts | None = None
    slip: Slip | None = None


NOTHING = Recollection()


class Memory(Protocol):
    """Answers as the database would at this moment, or not at all.

    Never older than a change that was answered anywhere; when that is not certain, it remembers nothing. It raises nothing, waits for
    nobody long, and holds what it keeps unreadable to others.
    """

    async def recall(self, name: str) -> Recollection: ...

    def keep(self, slip: Slip, name: str, user_id: str, parts: Parts) -> None:
        """`parts` were asked of the database after the slip was given. Returns at once."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    place: str
    nonce: str
    people: tuple[str, ...]


class Marks(Protocol):
    """Called by whoever writes, in the thread that writes. Raises nothing."""

    def begin(self, place: str, people: Collection[str]) -> Mark | None:
        """Before the commit: from here nothing of these people is remembered in that place. None when it could not be said there."""
        ...

    def end(self, mark: Mark) -> bool:
        """After the commit, before the answer: what was remembered of them before this moment is nothing any more. False: not said."""
        ...
