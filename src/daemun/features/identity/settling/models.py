"""Somebody who moves in with all they had, and who is here already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from daemun.core.circumstance import Language
from daemun.features.identity.states import Status


@dataclass(frozen=True, slots=True)
class Settler:
    """Well-formed, and judged by whoever brings them."""

    id: str
    handle: str
    email: str
    name: str
    password: str | None = field(repr=False)
    """As the other system had encoded it: verified here, and replaced at the first login."""
    status: Status
    reason: str | None
    until: datetime | None
    verified: bool
    created_at: datetime
    last_login_at: datetime | None
    language: Language


@dataclass(frozen=True, slots=True)
class Taken:
    """Which of some addresses cannot be had, by their keys."""

    owners: Mapping[str, str]
    """Whose each is; "" where it is kept for somebody who may still want it back."""
    proven: frozenset[str]
    """Those that their owners have verified."""
