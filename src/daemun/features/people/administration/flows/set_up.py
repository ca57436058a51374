"""The first master: made by whoever can read what the server prints, once, and by nobody after that."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import SYSTEM
from daemun.core.secret import Secret
from daemun.features.access import MASTER
from daemun.features.identity import LinkRefused, Newcomer, User
from daemun.features.people.desk import Desk
from daemun.features.people.errors import SetUpOver
from daemun.features.people.events import FIRST_MASTER, SETUP_OFFERED
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class SetUp:
    desk: Desk

    def offer(self, work: Work) -> Secret | None:
        """A fresh link, which ends the older; None when there is a master."""
        self.desk.access.decide(work)
        if self.desk.access.masters(work):
            return None
        issued = self.desk.identity.links.issue(work, "setup")
        work.publish(SETUP_OFFERED.by(SYSTEM, work.now))
        return self.desk.link("/setup", issued.token)

    def look(self, tx: Transaction, token: Secret) -> None:
        """Uses nothing up. Raises `SetUpOver` or `LinkRefused`."""
        if self.desk.access.masters(tx):
            raise SetUpOver
        if self.desk.identity.links.look(tx, "setup", token) is None:
            raise LinkRefused

    async def __call__(self, visit: Visit, token: Secret, newcomer: Newcomer) -> User:
        """What is refused leaves the link good."""
        await visit.read(self.look, token)  # before the hashing: rubbish costs none
        self.desk.identity.well_formed(newcomer)
        self.desk.identity.judge(newcomer)
        encoded = await self.desk.identity.encode(newcomer.password)
        return await visit.work(self._make, token, newcomer, encoded)

    def _make(self, work: Work, token: Secret, newcomer: Newcomer, encoded: str) -> User:
        self.desk.access.decide(work)
        if self.desk.access.masters(work):
            raise SetUpOver
        link = self.desk.identity.links.use(work, "setup", token)
        if isinstance(link, LinkRefused):
            raise link
        user = self.desk.identity.join(work, newcomer, encoded, by=SYSTEM, role=MASTER)
        self.desk.access.grant(work, SYSTEM, user.id, MASTER)
        work.publish(FIRST_MASTER.by(SYSTEM, work.now, resource_id=user.id, target=user.id))
        return user
