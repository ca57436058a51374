"""People who come from another system, as whoever reads it hands them over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from daemun.core.circumstance import Language
from daemun.core.errors import Flaw
from daemun.core.secret import Secret


@dataclass(frozen=True, slots=True)
class Arrival:
    """One person as the other system tells of them: read, and not yet judged."""

    row: int
    """Where it stands: as a spreadsheet counts it, else the how manieth it is."""
    source_id: str
    """What the other system calls them, for ever."""
    email: str
    handle: str | None
    name: str
    password: Secret | None = field(repr=False)
    """The encoded hash; None when they have no password."""
    verified: bool = False
    shut: bool = False
    shut_until: datetime | None = None
    created_at: datetime | None = None
    last_login_at: datetime | None = None
    roles: tuple[str, ...] = ()
    """By the other system's names."""
    language: Language | None = None
    flaws: tuple[Flaw, ...] = ()
    """What could not be read of them."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """What stands there and tells of nobody who could come."""

    row: int
    source_id: str
    email: str
    flaws: tuple[Flaw, ...]


class Source(Protocol):
    """Read once, from its beginning to its end, in little memory. What is wrong with all of it is raised as `Malformed`."""

    @property
    def size(self) -> int:
        """How much there is, in what `passed` counts."""
        ...

    @property
    def passed(self) -> int: ...

    def __iter__(self) -> Iterator[Arrival | Unfit]: ...

    def close(self) -> None: ...


class Scratch(Protocol):
    """Remembers texts beyond what memory holds, for as long as it is needed and no longer."""

    def known(self, texts: Sequence[str]) -> set[str]:
        """Which of them were added."""
        ...

    def add(self, texts: Sequence[str]) -> None: ...
