"""Somebody takes along everything the house holds about them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from daemun.features.people.desk import Desk
from daemun.features.people.own.events import EXPORTED
from daemun.features.people.own.flows.confirming import Owner, owner_of
from daemun.features.people.telling import day
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit

FORMAT: Final = "daemun-export/1"


@dataclass(frozen=True, slots=True)
class Taken:
    name: str
    """What the file is called."""
    text: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """Each capability tells its own part: one that is added brings its part along."""

    desk: Desk

    async def __call__(self, visit: Visit) -> Taken:
        """It is said before it is done: what was taken was recorded."""
        owner = owner_of(self.desk, visit)
        await visit.work(self._tell, owner)
        return await visit.read(self._taken, owner)

    def _tell(self, work: Work, owner: Owner) -> None:
        work.publish(EXPORTED.by(owner.who, work.now, resource_id=owner.id, target=owner.id))

    def _taken(self, tx: Transaction, owner: Owner) -> Taken:
        parts = {name: about(tx, owner.id) for name, about in self.desk.parts.items()}
        told = {"format": FORMAT, "house": self.desk.base, "made_at": tx.now, "user_id": owner.who.user.handle, "parts": parts}
        text = json.dumps(told, default=_plain, ensure_ascii=False, indent=2) + "\n"
        return Taken(f"{owner.who.user.handle}-{day(tx.now)}.json", text.encode())


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} is nothing people can read")
