"""Whose hand it is, and whether it reaches this person: asked by every story that an administrator begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from daemun.core.actor import Actor
from daemun.core.errors import Denied
from daemun.features.identity import Account, AccountInactive, UserMissing
from daemun.features.people.desk import Desk
from daemun.features.people.errors import OwnAccount
from daemun.features.people.events import ADMINISTRATION_REFUSED
from daemun.ports.database import Work

Needs = Literal["users.manage", "users.recover", "users.erase", "users.hold", "sessions.end_everyone"]


@dataclass(frozen=True, slots=True)
class Hands:
    desk: Desk

    def may(self, work: Work, by: Actor, needs: Needs) -> None:
        """They still may: what was taken from them since the gate looked counts, and stays so until the commit."""
        self.desk.access.decide(work)
        if by.kind == "system":
            return
        if by.user_id and not self.desk.identity.active_among(work, [by.user_id]):
            raise AccountInactive
        if needs not in self.desk.access.standing(work, by).permissions:
            raise Denied(permission=needs)

    def reach(self, work: Work, by: Actor, user_id: str, needs: Needs) -> Account:
        """Whom it is done to. An attempt at somebody above oneself is witnessed."""
        self.may(work, by, needs)
        if by.user_id == user_id:
            raise OwnAccount
        account = self.desk.identity.directory.account(work, user_id)
        if account is None:
            raise UserMissing
        if refusal := self.desk.access.may_touch(work, by, user_id):
            work.witness(ADMINISTRATION_REFUSED.by(by, work.now, resource_id=user_id, target=user_id, needs=needs, reason=refusal.code))
            raise refusal
        return account
