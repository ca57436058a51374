"""Somebody chooses another password."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from daemun.core.errors import Flaw, Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Proof, Stale, WeakPassword
from daemun.features.people.own.flows.confirming import Confirm, Owner, Renewed, owner_of
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Rehashed:
    """A new password is in force."""

    renewed: Renewed
    ended: int
    """How many other sessions it has ended."""


@dataclass(frozen=True, slots=True)
class ChangePassword:
    confirm: Confirm

    async def __call__(self, visit: Visit, current: Secret, password: Secret) -> Rehashed | Refusal:
        """Needs the one that is in force. Every other session ends, and every device but this one is a stranger again."""
        owner = owner_of(self.confirm.desk, visit)
        self.confirm.desk.identity.credentials.judge(owner.who.user, password)
        if password.matches(current):
            raise WeakPassword(Flaw("password", "password_unchanged"))
        return await self.confirm(visit, current, partial(self._hash, visit, owner, password), field="current_password")

    async def _hash(self, visit: Visit, owner: Owner, password: Secret, proof: Proof) -> Rehashed | Refusal | Stale:
        encoded = await self.confirm.desk.identity.credentials.encode(password)
        return await visit.work(self._change, owner, proof, encoded)

    def _change(self, work: Work, owner: Owner, proof: Proof, encoded: str) -> Rehashed | Refusal | Stale:
        desk = self.confirm.desk
        account = desk.identity.credentials.change(work, proof, encoded)
        if not isinstance(account, Account):
            return account
        ended = desk.revoke(work, "password_changed", account.id, by=owner.who, own=owner.session, device=owner.device)
        desk.write(work, "password_changed", account)
        return Rehashed(self.confirm.renew(work, owner), ended)
