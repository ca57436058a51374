"""An owner opens their account again after strangers have failed at it."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import LinkRefused
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.flows.known_here import Back, known_here
from daemun.features.sessions import DeviceCookie
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Unlock:
    desk: Desk

    async def __call__(self, visit: Visit, token: Secret) -> Back | Refusal:
        identity = self.desk.identity
        link = await visit.read(identity.links.look, "unlock", token)
        if link is None:
            return LinkRefused()
        # First, because the counters may be kept elsewhere: a link that was used up for nothing would leave its owner outside.
        await identity.forgive_strangers(link.user_id)
        devices = self.desk.sessions.devices
        return await visit.work(self._open, token, devices.cookie(devices.device_of(visit.browser.device)))

    def _open(self, work: Work, token: Secret, device: DeviceCookie) -> Back | Refusal:
        identity = self.desk.identity
        link = identity.links.use(work, "unlock", token)
        account = None if isinstance(link, Refusal) else identity.directory.account(work, link.user_id)
        if account is None:
            return LinkRefused()
        identity.unlocked(work, account.id, by=account.actor)
        return known_here(self.desk, work, account, device)
