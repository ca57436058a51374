"""Somebody makes keys for their programs, replaces them and takes them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from daemun.core.errors import Missing
from daemun.features.access import UnknownPermission
from daemun.features.apikeys import API_KEY_DENIED, ApiKey, Draft, Made, ScopeNotHeld
from daemun.features.identity import Account, AccountInactive
from daemun.features.people.desk import Desk
from daemun.features.people.own.flows.confirming import Owner, owner_of
from daemun.features.people.telling import day, moment
from daemun.plugin import Permission
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """Seeing them takes being signed in; making, replacing or ending one takes a fresh authentication, which the routes declare. A key
    never comes here: it could make itself another one that outlives it. Whose they are, stands in every query."""

    desk: Desk

    async def look(self, visit: Visit) -> Sequence[ApiKey]:
        return await visit.read(self.desk.keys.of_user, owner_of(self.desk, visit).id)

    async def find(self, visit: Visit, key_id: str) -> ApiKey:
        return await visit.read(self._mine, owner_of(self.desk, visit), key_id)

    def offered(self, visit: Visit) -> list[Permission]:
        """What may be given to a key: what its maker may do now."""
        catalogue = self.desk.access.catalogue
        return [catalogue[name] for name in sorted(visit.actor.permissions) if name in catalogue]

    async def make(self, visit: Visit, draft: Draft) -> Made:
        return await visit.work(self._make, owner_of(self.desk, visit), draft)

    async def rotate(self, visit: Visit, key_id: str, *, expires_at: datetime | None = None, old_until: datetime | None = None) -> Made:
        """The new one may what the old one may, as far as its owner still does."""
        return await visit.work(self._rotate, owner_of(self.desk, visit), key_id, expires_at, old_until)

    async def end(self, visit: Visit, key_id: str) -> None:
        await visit.work(self._end, owner_of(self.desk, visit), key_id)

    def _make(self, work: Work, owner: Owner, draft: Draft) -> Made:
        account, held = self._stands(work, owner), self.desk.access.standing(work, owner.who).permissions
        if unknown := [each for each in draft.scopes if each not in self.desk.access.catalogue]:
            raise UnknownPermission(names=", ".join(unknown))
        if missing := " ".join(each for each in draft.scopes if each not in held):
            work.witness(API_KEY_DENIED.by(owner.who, work.now, target=owner.id, scopes=missing[:500]))
            raise ScopeNotHeld(scopes=missing)
        made = self.desk.keys.make(work, owner.id, draft, by=owner.who)
        self.desk.write(work, "api_key_created", account, key=made.key.name, date=day(made.key.expires_at))
        return made

    def _rotate(self, work: Work, owner: Owner, key_id: str, expires_at: datetime | None, old_until: datetime | None) -> Made:
        account, key = self._stands(work, owner), self._mine(work, owner, key_id)
        held = self.desk.access.standing(work, owner.who).permissions
        draft = Draft(key.name, tuple(each for each in key.scopes if each in held), expires_at)
        made = self.desk.keys.rotate(work, key, draft, old_until=old_until, by=owner.who)
        old = self._mine(work, owner, key_id)
        self.desk.write(work, "api_key_rotated", account, key=key.name, date=day(made.key.expires_at), until=moment(old.expires_at))
        return made

    def _end(self, work: Work, owner: Owner, key_id: str) -> None:
        account, key = self._stands(work, owner), self._mine(work, owner, key_id)
        if not self.desk.keys.end(work, key_id, "owner", user_id=owner.id, by=owner.who):
            raise Missing
        self.desk.write(work, "api_key_revoked", account, key=key.name)

    def _mine(self, tx: Transaction, owner: Owner, key_id: str) -> ApiKey:
        found = self.desk.keys.owned(tx, key_id, owner.id)
        if found is None:
            raise Missing
        return found

    def _stands(self, work: Work, owner: Owner) -> Account:
        account = self.desk.identity.directory.account(work, owner.id)
        if account is None or account.status != "NORMAL":
            raise AccountInactive
        return account
