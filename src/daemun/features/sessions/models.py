"""Sessions as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from daemun.core.secret import Secret

EndedWhy = Literal["logout", "replayed", "expired", "idle", "crowded", "user_inactive", "password_changed", "admin", "user"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose tokens they are: what an access token says of its user."""

    user_id: str
    handle: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class AccessClaims:
    user_id: str
    handle: str
    email: str
    name: str
    issued_at: datetime
    expires_at: datetime
    issuer: str
    audience: str
    jti: str
    session_id: str
    client_id: str


@dataclass(frozen=True, slots=True, eq=False)
class TokenPair:
    access: Secret
    refresh: Secret
    expires_in: int
    session_id: str


@dataclass(frozen=True, slots=True)
class Family:
    """One login, and the refresh tokens that follow from it. Its number is that of the only one that is good; its id is the `sid`."""

    id: str
    user_id: str
    number: int
    mac_key_id: str
    signing_key_id: str
    started_at: datetime
    rotated_at: datetime
    used_at: datetime
    idle_until: datetime
    expires_at: datetime
    remember: bool
    client_mark: str
    device_mark: str | None
    agent: str
    address: str
    ended_at: datetime | None = None
    ended_why: str | None = None


@dataclass(frozen=True, slots=True)
class Turned:
    """A family whose token was accepted, as it now stands; a pair can be made of it."""

    family: Family
    again: bool = False
    """The answer was given before, and is given once more."""

    @property
    def session_id(self) -> str:
        return self.family.id

    @property
    def user_id(self) -> str:
        return self.family.user_id


@dataclass(frozen=True, slots=True)
class LiveSession:
    """What the gate asks on every request."""

    user_id: str
    started_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner may see it."""

    id: str
    started_at: datetime
    used_at: datetime
    expires_at: datetime
    remember: bool
    agent: str
    address: str
