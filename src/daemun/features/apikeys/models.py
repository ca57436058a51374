"""API keys as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from daemun.core.secret import Secret

EndedWhy = Literal["owner", "admin", "client", "password_reset", "email_changed", "banned", "slept", "deleted"]
KeyState = Literal["live", "expired", "ended"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A key as somebody wants it: judged already against what they may do."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    """None for as long as keys live by default."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    user_id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime
    used_at: datetime | None = None
    used_from: str | None = None
    """Coarse: IPv4 by /24, IPv6 by /48."""
    ended_at: datetime | None = None
    ended_why: str | None = None
    replaced_by: str | None = None
    """The key it was rotated to: it lives on beside it until its own end."""

    def state(self, now: datetime) -> KeyState:
        if self.ended_at is not None:
            return "ended"
        return "live" if now < self.expires_at else "expired"


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A key and its text, which is shown now and never again."""

    key: ApiKey
    text: Secret


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """Written as ours; whether there is one, the database knows."""

    key_hash: str


@dataclass(frozen=True, slots=True)
class LiveKey:
    """What the gate asks on every request, dead keys too: that somebody still uses one is worth knowing. Moments in microseconds."""

    id: str
    user_id: str
    scopes: frozenset[str]
    created: int
    expires: int
    used: int | None
    ended: int | None
    key_hash: str

    def dead(self, now: int) -> Literal["expired", "ended"] | None:
        if self.ended is not None:
            return "ended"
        return None if now < self.expires else "expired"
