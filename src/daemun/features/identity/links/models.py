"""What a link is for, how long it lives, and what comes of using it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from daemun.core.errors import Unsuitable
from daemun.core.secret import Secret

Purpose = Literal["verify", "reset", "unlock", "restore", "wake", "change_email", "undo_email", "invite", "setup", "signup"]
TRIES: Final = 5
LIFETIMES: Final[Mapping[Purpose, timedelta]] = {
    "verify": timedelta(hours=24),
    "reset": timedelta(minutes=10),
    "unlock": timedelta(minutes=10),
    "restore": timedelta(hours=24),
    "wake": timedelta(minutes=10),
    "change_email": timedelta(hours=24),
    "undo_email": timedelta(days=7),
    "invite": timedelta(days=7),
    "setup": timedelta(hours=1),
    "signup": timedelta(hours=24),
}
BOUND: Final[frozenset[Purpose]] = frozenset({"verify", "signup"})
"""Opened where they were asked for; in another browser a code is typed instead. The others work wherever the mailbox is read."""
STANDING: Final[frozenset[Purpose]] = frozenset({"undo_email", "signup"})
"""A new one does not end the older: whoever changes a stolen account's address twice must not take the way back from its owner, and
whoever signs up with another's address must not put their own letter in the place of the other's."""
OWNERLESS: Final[frozenset[Purpose]] = frozenset({"signup", "setup", "invite"})
"""Whose user does not exist yet. Of the others, one without a user was made for a name nobody has, and opens nothing."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Said once, to whoever writes the letter: neither is kept."""

    token: Secret
    code: Secret


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    purpose: Purpose
    user_id: str
    email: str
    created_at: datetime
    expires_at: datetime
    is_bound: bool = False
    """Whether a browser asked for it: then who opens it there is who asked. Of one that none asked for, nobody knows that."""
    data: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class LinkRefused(Unsuitable):
    """Unknown, used, too old, ended by a newer one, or for something else: told alike."""

    code = "link_invalid"


class LinkOtherBrowser(LinkRefused):
    """It is good, and was opened elsewhere; it stays good for its code."""

    code = "link_other_browser"


class CodeWrong(LinkRefused):
    code = "code_wrong"
