"""Support helps somebody in: a link goes to the person, and nobody else ever sees it (ASVS 6.4.6)."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.features.identity import Account, IllegalMove
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.events import RECOVERY_STARTED
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class HelpSomebody:
    hands: Hands

    async def recover(self, visit: Visit, user_id: str) -> None:
        """A letter with which they choose a new password. Counted for whoever helps: no mailbox is flooded by us."""
        account = await visit.work(self._whom, visit.actor, user_id)
        await self.hands.desk.identity.count_help(visit.actor, account.id)
        await visit.work(self._start, visit.actor, user_id)

    async def unlock(self, visit: Visit, user_id: str) -> None:
        """Empties the count of failed logins."""
        account = await visit.work(self._whom, visit.actor, user_id)
        await self.hands.desk.identity.unlock(visit, account.user, by=visit.actor)

    def _whom(self, work: Work, by: Actor, user_id: str) -> Account:
        account = self.hands.reach(work, by, user_id, "users.recover")
        if account.status in ("BANNED", "DELETED"):
            raise IllegalMove(move="recover", status=account.status, why="status")
        return account

    def _start(self, work: Work, by: Actor, user_id: str) -> None:
        desk, account = self.hands.desk, self._whom(work, by, user_id)
        where = desk.identity.mailbox.opens(work, account)
        issued = desk.identity.links.issue(work, "reset", user_id=account.id, email=where)
        desk.write(work, "recovery_started_by_admin", account, to=where, link=desk.link("/reset", issued.token))
        work.publish(RECOVERY_STARTED.by(by, work.now, resource_id=account.id, target=account.id))
