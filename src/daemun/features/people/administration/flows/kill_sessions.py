"""An administrator ends sessions: one, all of a person, or everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from daemun.core.actor import Actor
from daemun.core.errors import Missing
from daemun.features.access import MasterOnly
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.events import ADMINISTRATION_REFUSED
from daemun.ports.database import Work
from daemun.web.visit import Visit

EVERYONE: Final = "sessions.end_everyone"


@dataclass(frozen=True, slots=True)
class KillSessions:
    hands: Hands

    def one(self, work: Work, by: Actor, user_id: str, session_id: str) -> None:
        account = self.hands.reach(work, by, user_id, "users.manage")
        if not self.hands.desk.sessions.end(work, session_id, "admin", user_id=user_id, by=by):
            raise Missing
        self.hands.desk.write(work, "sessions_ended_by_admin", account, count="1")

    def all_of(self, work: Work, by: Actor, user_id: str) -> int:
        """How many; the devices they used are strangers again, and their API keys are revoked."""
        desk, account = self.hands.desk, self.hands.reach(work, by, user_id, "users.manage")
        if keys := desk.keys.end_all(work, user_id, "admin", by=by):
            desk.write(work, "api_keys_revoked_by_admin", account, count=str(keys))
        ended = desk.revoke(work, "admin", user_id, by=by)
        if ended:
            desk.write(work, "sessions_ended_by_admin", account, count=str(ended))
        return ended

    async def everyone(self, visit: Visit) -> int:
        """Everybody's but the one that asks, as many at once as the writer bears (ASVS 7.4.5). Those who come in meanwhile stay."""
        before, ended = await visit.work(self._begun, visit.actor), 0
        while some := await visit.work(self._some, visit.actor, before):
            ended += some
        return ended

    def _begun(self, work: Work, by: Actor) -> datetime:
        self._may(work, by)
        return work.now

    def _some(self, work: Work, by: Actor, before: datetime) -> int:
        self._may(work, by)
        return self.hands.desk.sessions.end_everyone(work, "admin", by=by, before=before, but=by.session)

    def _may(self, work: Work, by: Actor) -> None:
        """Masters are among everyone, and only a master touches them."""
        self.hands.may(work, by, EVERYONE)
        if not self.hands.desk.access.standing(work, by).is_master:
            work.witness(ADMINISTRATION_REFUSED.by(by, work.now, needs=EVERYONE, reason=MasterOnly.code))
            raise MasterOnly
