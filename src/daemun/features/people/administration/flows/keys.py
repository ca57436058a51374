"""Other people's API keys: looked at and revoked by administrators; made for somebody only from the server's own shell."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.errors import Missing
from daemun.features.access import UnknownPermission
from daemun.features.apikeys import ApiKey, Draft, Made, ScopeNotHeld
from daemun.features.identity import Account, AccountInactive
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.telling import day
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class TheirKeys:
    hands: Hands

    def end(self, work: Work, by: Actor, key_id: str, *, of: str | None = None) -> ApiKey:
        """What it was. Raises `Missing` where there is none, none that is live, or it is not `of` this user."""
        desk = self.hands.desk
        key = desk.keys.owned(work, key_id, of) if of else desk.keys.find(work, key_id)
        if key is None:
            self.hands.may(work, by, "users.manage")
            raise Missing
        account = self.hands.reach(work, by, key.user_id, "users.manage")
        if not desk.keys.end(work, key_id, "admin", user_id=key.user_id, by=by):
            raise Missing
        desk.write(work, "api_key_revoked_by_admin", account, key=key.name)
        return key

    def make(self, work: Work, by: Actor, account: Account, draft: Draft) -> Made:
        """What its owner may do, and no more, whoever makes it."""
        desk = self.hands.desk
        if account.status != "NORMAL":
            raise AccountInactive
        if unknown := [each for each in draft.scopes if each not in desk.access.catalogue]:
            raise UnknownPermission(names=", ".join(unknown))
        held = desk.access.rights_of(work, account.id).permissions
        if missing := " ".join(each for each in draft.scopes if each not in held):
            raise ScopeNotHeld(scopes=missing)
        made = desk.keys.make(work, account.id, draft, by=by)
        desk.write(work, "api_key_created", account, key=made.key.name, date=day(made.key.expires_at))
        return made
