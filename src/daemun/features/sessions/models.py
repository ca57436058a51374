"""Sessions as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from daemun.core.secret import Secret
from daemun.features.sessions.assurance import assurance
from daemun.ports.database import Work, moment

SessionKind = Literal["tokens", "browser"]
AssuranceLevel = Literal[1, 2, 3]
EndedWhy = Literal[
    "logout",
    "replayed",
    "replaced",
    "expired",
    "idle",
    "crowded",
    "user_inactive",
    "password_changed",
    "password_reset",
    "factor_changed",
    "email_changed",
    "roles_changed",
    "banned",
    "slept",
    "deleted",
    "admin",
    "user",
    "revoked",
]


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
    """One login, and what follows from it. `tokens`: refresh tokens, of which the one of its number is good, and its id is the `sid`.
    `browser`: one cookie, known by its hash."""

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
    authenticated_at: datetime
    assured_at: datetime
    """When `aal` was last earned: less than it may have been proven since."""
    aal: int = 1
    amr: str = "pwd"
    kind: SessionKind = "tokens"
    token_hash: str | None = None
    name: str | None = None
    country: str | None = None
    ended_at: datetime | None = None
    ended_why: str | None = None

    @classmethod
    def fresh(cls, work: Work, user_id: str, *, remember: bool, aal: int, amr: str, country: str | None, kind: SessionKind) -> Family:
        """Before its first token or cookie: it opens nothing, and is over."""
        now = work.now
        return cls(
            id=work.new_id(),
            user_id=user_id,
            number=0,
            mac_key_id="",
            signing_key_id="",
            started_at=now,
            rotated_at=now,
            used_at=now,
            idle_until=now,
            expires_at=now,
            remember=remember,
            client_mark="",
            device_mark=None,
            agent="",
            address="",
            authenticated_at=now,
            assured_at=now,
            aal=aal,
            amr=amr,
            kind=kind,
            country=country,
        )


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
class RefreshStanding:
    """What a refresh token of ours stands for, looked at without using it."""

    session_id: str
    user_id: str
    issued_at: datetime
    expires_at: datetime
    is_good: bool
    """Whether it would be taken now: its login is open, and it is the newest token of it."""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """What the gate asks on every request. Moments in microseconds, because most requests need none of them as a date."""

    id: str
    user_id: str
    used: int
    authenticated: int
    assured: int
    proven_aal: int
    token_hash: str | None
    idle_until: int
    expires_at: int

    def lasts(self, now: int) -> bool:
        """Asked of one that is remembered: the database asks it by itself."""
        return now < min(self.idle_until, self.expires_at)

    def answers(self, asked: AccessClaims | Cookie) -> bool:
        """Whether it is the one that was asked for."""
        if isinstance(asked, Cookie):
            return self.token_hash == asked.token_hash
        return (self.id, self.user_id) == (asked.session_id, asked.user_id)

    def authenticated_ago(self, now: int) -> timedelta:
        return timedelta(microseconds=now - self.authenticated)

    def aal(self, now: int) -> int:
        """What is left of what was proven."""
        if self.proven_aal == 1:
            return 1
        return assurance(self.proven_aal, moment(self.assured), moment(self.used), moment(now))


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner may see it."""

    id: str
    kind: SessionKind
    name: str | None
    device: str
    """In words, such as "Chrome · Windows"; empty when nothing is known."""
    address: str
    """Coarse: IPv4 by /24, IPv6 by /48."""
    country: str | None
    started_at: datetime
    used_at: datetime
    expires_at: datetime
    remember: bool
    aal: int


@dataclass(frozen=True, slots=True)
class Cookie:
    """A session cookie of ours; whether its session still is, the database knows."""

    token_hash: str


@dataclass(frozen=True, slots=True, eq=False)
class BrowserSession:
    """What a browser is given: a value it cannot have had before."""

    cookie: Secret
    session_id: str
    max_age: timedelta | None
    """None for a cookie that goes when the browser is closed."""


@dataclass(frozen=True, slots=True)
class Reproven:
    """Somebody with tokens has authenticated again: the tokens they have go on."""

    session_id: str


@dataclass(frozen=True, slots=True, eq=False)
class DeviceCookie:
    id: str
    cookie: Secret
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser its owner has come in with before. Its id says nothing of the cookie, and is another one for everybody who uses it."""

    id: str
    name: str
    first_seen: datetime
    last_seen: datetime
    address: str
