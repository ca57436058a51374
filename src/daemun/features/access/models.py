"""Roles as they are written down and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A role as somebody wants it. `grants`: permissions and patterns of them."""

    name: str
    ko: str
    en: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleVersion:
    """A role as it was once written; a retired one is the mark that it was deleted."""

    name: str
    version: int
    ko: str
    en: str
    grants: tuple[str, ...]
    created_at: datetime
    by: str
    retired: bool


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role as it holds now. `version` is None for a built-in one, which has only one."""

    name: str
    ko: str
    en: str
    number: int | None
    version: int | None
    grants: tuple[str, ...]
    permissions: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class RoleChange:
    """Which roles somebody was given, and which were taken."""

    given: tuple[str, ...]
    taken: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.given or self.taken)
