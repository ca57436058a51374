"""A person, as the rest of the house sees one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from daemun.core.actor import Actor
from daemun.core.secret import Secret
from daemun.features.identity.states import Status
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class User:
    id: str
    handle: str
    email: str
    name: str
    status: Status
    email_verified: bool
    created_at: datetime
    last_login_at: datetime | None

    @property
    def is_active(self) -> bool:
        return self.status == "NORMAL"

    @property
    def actor(self) -> Actor:
        return Actor("user", self.id, handle=self.handle)

    def entered(self, *, new_client: bool, woke: bool, lifted: bool = False) -> Entered:
        return Entered(
            self.id,
            self.handle,
            self.email,
            self.name,
            "NORMAL",
            self.email_verified,
            self.created_at,
            self.last_login_at,
            new_client=new_client,
            woke=woke,
            lifted=lifted,
        )


@dataclass(frozen=True, slots=True)
class Entered(User):
    """A user who has just come in by the password, and what is worth a letter about it."""

    new_client: bool = False
    """From an agent or a neighbourhood this account has not come from before; the first login is no news."""
    woke: bool = False
    lifted: bool = False
    """From a suspension whose end has come, before housekeeping did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone(Actor):
    """A user who came with a good token or by a key of theirs, as the gate read them for this very request."""

    user: User
    roles: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def email(self) -> str:
        return self.user.email


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody signs up with, well-formed and not yet judged."""

    handle: str
    email: str
    name: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Attempt:
    login: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a login before its password is looked at."""

    user_id: str | None
    stored: str | None = field(repr=False)
    lent: str | None = field(repr=False)
    device_known: bool


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody at the door, locked until the commit."""

    user: User
    stored: str | None = field(repr=False)
    seen: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the password said: about whom, and on which stored hash, so that a change in between is noticed."""

    user_id: str | None
    matched: bool
    stored: str | None = None
    upgrade: str | None = None
    temporary: bool = False
    """By the password that was lent for a quarter of an hour: good for choosing a new one, not for a session."""
    device_known: bool = False
    forgive: Callable[[Work], None] | None = None
    """Uncounts the try, where that is still to be done: within what follows, which saves a commit."""

    @property
    def failed(self) -> bool:
        return self.user_id is None or not self.matched


@dataclass(frozen=True, slots=True)
class Limited:
    """No proof was taken: too many have failed lately, or in a row."""

    user_id: str | None
    retry_after: int
    locked: bool
    is_news: bool
    """Whether nobody was told yet in this window: what is refused without cost must not fill the log."""
    unlockable: bool
    """Whether it is the account that is shut to strangers, so that a link to its owner would open it."""
    by: Literal["account", "address", "device"]
    """What has too many failures behind it."""
    warns: bool
    """Whether its owner is to be written to, if it has one: strangers have filled the account's own count."""


@dataclass(frozen=True, slots=True)
class Stale:
    """The password was right, and its stored hash changed while it was checked: worth one more look."""
