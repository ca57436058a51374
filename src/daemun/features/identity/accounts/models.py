"""The whole record of a person, and what changing it brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from daemun.core.actor import Actor
from daemun.core.circumstance import Language
from daemun.core.errors import Conflict, Denied, Missing
from daemun.core.secret import Secret
from daemun.features.identity.links import Issued
from daemun.features.identity.models import User
from daemun.features.identity.states import By, Move, Situation, Status

TEMPORARY_LASTS: Final = timedelta(minutes=15)
NOT_LENT: Final[Mapping[str, None]] = {"temporary": None, "temporary_until": None}
"""No password is lent beside their own."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person as an administrator, a letter or the person reads one. Nothing secret is in it."""

    id: str
    handle: str
    email: str
    name: str
    status: Status
    email_verified: bool
    created_at: datetime
    last_login_at: datetime | None
    language: Language
    status_reason: str | None
    status_until: datetime | None
    status_by: str | None
    status_since: datetime | None
    before_deletion: Status | None
    left_at: datetime | None
    password_changed_at: datetime | None
    held: str | None
    """Why the law keeps this person's data from being erased."""
    held_by: str | None
    sleep_notices: int
    noticed_on: int | None
    active_on: int
    """The day, counted from 1970, of the last login or return."""
    email_given_until: datetime | None
    """An administrator gave the address: until then only its owner, signed in, shows that it is theirs. None: it is."""

    @property
    def user(self) -> User:
        return User(self.id, self.handle, self.email, self.name, self.status, self.email_verified, self.created_at, self.last_login_at)

    @property
    def is_proven(self) -> bool:
        """The mailbox is their own, as far as can be known."""
        return self.email_verified and self.email_given_until is None

    @property
    def actor(self) -> Actor:
        return Actor("user", self.id, handle=self.handle)

    def situation(self, *, is_idle: bool, is_protected: bool) -> Situation:
        return Situation(self.status, self.before_deletion, self.status_until, self.left_at, self.held is not None, is_idle, is_protected)


@dataclass(frozen=True, slots=True)
class Moved:
    """What has become of somebody. Whoever moved them posts the letter, and ends the sessions when it says so."""

    move: Move
    was: Account
    account: Account
    """As it is now; of somebody who was erased, as it was."""

    @property
    def user(self) -> User:
        return self.account.user


@dataclass(frozen=True, slots=True)
class Readdressed:
    """An address was changed; the link goes to the old one."""

    account: Account
    old: str
    """The one that its owner had; "" when nobody is told of it."""
    undo: Issued


@dataclass(frozen=True, slots=True)
class Temporary:
    """A password that is lent for a quarter of an hour: told in a letter, and kept as a hash."""

    password: Secret
    encoded: str


class UserMissing(Missing):
    code = "user_missing"


class IllegalMove(Conflict):
    """Not from this state, not yet, or not any more; `why` says which."""

    code = "illegal_move"


class MoveDenied(Denied):
    """Somebody else's to do."""

    code = "move_denied"


class Protected(Conflict):
    """The house is never without a master."""

    code = "account_protected"


class UnderLegalHold(Conflict):
    code = "under_legal_hold"


def hand_of(actor: Actor, user_id: str) -> By:
    """Whose hand it is, seen from this account. Being somebody's administrator is not asked here: the route has."""
    if actor.kind == "system":
        return "admin" if actor.id else "system"
    if actor.kind == "user" and actor.id == user_id:
        return "owner"
    return "admin" if actor.kind in ("user", "token") and actor.id else "nobody"
