"""What is looked for among people, and the order it is shown in. Pure."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from daemun.core.errors import Flaw, Malformed
from daemun.features.identity.accounts.models import Account
from daemun.features.identity.states import Status

MOST: Final = 200
LAST: Final = "\U0010ffff"
Rank = Literal["id", "handle", "email", "name"]
RANKS: Final[tuple[Rank, ...]] = ("id", "handle", "email", "name")


@dataclass(frozen=True, slots=True)
class Sought:
    """`q` is an id, or what a handle, an e-mail address or a name begins with. With it people come by the alphabet, handles first."""

    q: str = ""
    status: Status | None = None
    verified: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    after: str | None = None
    limit: int = 50
    sort: Literal["newest", "oldest"] = "newest"

    @property
    def most(self) -> int:
        return max(1, min(self.limit, MOST))


@dataclass(frozen=True, slots=True)
class Found:
    accounts: Sequence[Account]
    next: str | None
    """What to ask with as `after` for those that follow; None when nobody does."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: in which of the lists, by which word, at whom."""

    rank: Rank
    key: str
    id: str

    def told(self) -> str:
        return urlsafe_b64encode(json.dumps([self.rank, self.key, self.id]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str | None) -> Place | None:
        """Raises `Malformed` for what no page has said."""
        if text is None:
            return None
        try:
            told = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, RecursionError) as error:
            raise Malformed(Flaw("after", "cursor_form")) from error
        if not isinstance(told, list) or len(told) != 3 or not all(isinstance(each, str) and each.isprintable() for each in told):
            raise Malformed(Flaw("after", "cursor_form"))
        rank, key, id_ = told
        if rank not in RANKS:
            raise Malformed(Flaw("after", "cursor_form"))
        return cls(rank, key, id_)


@dataclass(frozen=True, slots=True)
class LoginEntry:
    """One time somebody came in, or tried."""

    id: str
    at: datetime
    success: bool
    reason: str | None
    address: str
    agent: str
