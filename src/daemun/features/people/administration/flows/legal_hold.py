"""The law keeps somebody's data, or does not any more. Not told to them: it may concern them."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.features.identity import Account
from daemun.features.people.administration.flows.change_somebody import raised
from daemun.features.people.administration.flows.hands import Hands
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class LegalHold:
    hands: Hands

    def hold(self, work: Work, by: Actor, user_id: str, reason: str) -> Account:
        self.hands.reach(work, by, user_id, "users.hold")
        return raised(self.hands.desk.identity.standing.hold(work, user_id, reason, by=by))

    def release(self, work: Work, by: Actor, user_id: str, reason: str) -> Account:
        self.hands.reach(work, by, user_id, "users.hold")
        return raised(self.hands.desk.identity.standing.release(work, user_id, by=by, reason=reason))
