"""How a settings dataclass says what each of its fields is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Profile = Literal["dev", "staging", "prod"]
Unit = Literal["", "seconds", "minutes", "days"]


@dataclass(frozen=True, slots=True)
class Also:
    """Another name for a setting: one the user's documents fix. `unit` says how a bare number is meant."""

    name: str
    unit: Unit = ""


@dataclass(frozen=True, slots=True)
class About:
    ko: str
    en: str
    also: tuple[Also, ...] = ()
    profiles: Mapping[Profile, Any] | None = None


def setting(
    default: Any = None,
    *,
    ko: str,
    en: str,
    also: tuple[Also, ...] = (),
    profiles: Mapping[Profile, Any] | None = None,
    factory: Callable[[], Any] | None = None,
) -> Any:
    """A field of a settings section, with its help in both languages and what differs per profile."""
    metadata = {"about": About(ko, en, also, profiles)}
    return field(default_factory=factory, metadata=metadata) if factory else field(default=default, metadata=metadata)
