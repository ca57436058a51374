"""An administrator has seen by other ways that a mailbox is somebody's."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.features.identity import Account
from daemun.features.people.administration.flows.change_somebody import raised
from daemun.features.people.administration.flows.hands import Hands
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class VouchForMailbox:
    hands: Hands

    def __call__(self, work: Work, by: Actor, user_id: str) -> Account:
        account = self.hands.reach(work, by, user_id, "users.manage")
        verified = raised(self.hands.desk.identity.mailbox.verified(work, user_id, account.email, by=by))
        self.hands.desk.identity.links.void(work, user_id, "verify")
        return verified
