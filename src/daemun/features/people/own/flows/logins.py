"""When somebody came in, and who else tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from daemun.core.address import truncated
from daemun.features.identity import LoginEntry
from daemun.features.people.desk import Desk
from daemun.features.people.own.flows.confirming import owner_of
from daemun.features.sessions import described
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class ShownLogin:
    entry: LoginEntry
    device: str
    address: str
    """Coarse."""
    country: str | None


@dataclass(frozen=True, slots=True)
class Logins:
    shown: Sequence[ShownLogin]
    next: str | None
    """What to ask with as `after` for those before them; None when there are none."""


@dataclass(frozen=True, slots=True)
class OwnLogins:
    desk: Desk

    async def __call__(self, visit: Visit, after: str | None, limit: int) -> Logins:
        """Newest first."""
        owner = owner_of(self.desk, visit)
        found = await visit.read(self.desk.identity.directory.history, owner.id, after, limit + 1)
        shown = [self._shown(each) for each in found[:limit]]
        return Logins(shown, shown[-1].entry.id if len(found) > limit else None)

    def _shown(self, entry: LoginEntry) -> ShownLogin:
        return ShownLogin(entry, described(entry.agent), truncated(entry.address), self.desk.places.country(entry.address))
