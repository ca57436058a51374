"""Who people are, asked of the room that knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from daemun.ports.database import Transaction


@dataclass(frozen=True, slots=True)
class Named:
    handle: str
    name: str


class People(Protocol):
    """Answers in the transaction it is asked in. Somebody who is not there any more has no name."""

    def known_as(self, tx: Transaction, login: str) -> str | None:
        """The id of whoever has this handle or e-mail address."""
        ...

    def named(self, tx: Transaction, user_ids: Collection[str]) -> Mapping[str, Named]: ...
