"""Where somebody is signed in, and with which devices they have come."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Missing
from daemun.features.people.desk import Desk
from daemun.features.people.own.flows.confirming import Owner, owner_of
from daemun.features.sessions import KnownDevice, OpenSession
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class ShownSession:
    session: OpenSession
    country: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class ShownDevice:
    device: KnownDevice
    country: str | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """Seeing them takes being signed in; ending one, or forgetting a device, takes a fresh authentication, which the routes declare
    (ASVS 7.5.2): whoever finds an open browser cannot put its owner out everywhere else. Whose they are, stands in every query."""

    desk: Desk

    async def look(self, visit: Visit) -> list[ShownSession]:
        return await visit.read(self._sessions, owner_of(self.desk, visit))

    async def look_at_devices(self, visit: Visit) -> list[ShownDevice]:
        return await visit.read(self._devices, owner_of(self.desk, visit))

    async def find(self, visit: Visit, session_id: str) -> ShownSession:
        found = next((each for each in await self.look(visit) if each.session.id == session_id), None)
        if found is None:
            raise Missing
        return found

    async def rename(self, visit: Visit, session_id: str, name: str) -> None:
        await visit.work(self._rename, owner_of(self.desk, visit), session_id, name)

    async def end(self, visit: Visit, session_id: str) -> None:
        await visit.work(self._end, owner_of(self.desk, visit), session_id)

    async def end_others(self, visit: Visit) -> int:
        return await visit.work(self._end_others, owner_of(self.desk, visit))

    async def forget(self, visit: Visit, device_id: str) -> None:
        await visit.work(self._forget, owner_of(self.desk, visit), device_id)

    def _sessions(self, tx: Transaction, owner: Owner) -> list[ShownSession]:
        """The one they look from first, then those used last."""
        found = self.desk.sessions.sessions_of(tx, owner.id)
        shown = [ShownSession(each, each.country or self._country(each.address), each.id == owner.session) for each in found]
        return sorted(shown, key=lambda each: (each.is_current, each.session.used_at), reverse=True)

    def _devices(self, tx: Transaction, owner: Owner) -> list[ShownDevice]:
        devices = self.desk.sessions.devices
        own = devices.id_of(owner.id, owner.device) if owner.device else ""
        shown = sorted(devices.of(tx, owner.id), key=lambda each: each.id != own)
        return [ShownDevice(each, self._country(each.address), each.id == own) for each in shown]

    def _country(self, network: str) -> str | None:
        return self.desk.places.country(network.partition("/")[0])

    def _rename(self, work: Work, owner: Owner, session_id: str, name: str) -> None:
        if not self.desk.sessions.rename(work, session_id, user_id=owner.id, name=name, by=owner.who):
            raise Missing

    def _end(self, work: Work, owner: Owner, session_id: str) -> None:
        if not self.desk.sessions.end(work, session_id, "user", user_id=owner.id, by=owner.who):
            raise Missing

    def _end_others(self, work: Work, owner: Owner) -> int:
        return self.desk.sessions.end_all(work, owner.id, "user", by=owner.who, but=owner.session)

    def _forget(self, work: Work, owner: Owner, device_id: str) -> None:
        if not self.desk.sessions.devices.forget(work, owner.id, device_id, by=owner.who):
            raise Missing
