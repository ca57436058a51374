"""Somebody leaves, and may come back for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Moved, Proof, Stale
from daemun.features.people.own.flows.confirming import Confirm, Owner, owner_of
from daemun.features.people.standing import move
from daemun.features.people.telling import day
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Left:
    erased_at: datetime
    """Until then the account can be restored."""


@dataclass(frozen=True, slots=True)
class Leave:
    confirm: Confirm

    async def __call__(self, visit: Visit, password: Secret) -> Left | Refusal:
        """Every session ends, this one included. The last master stays."""
        owner = owner_of(self.confirm.desk, visit)
        return await self.confirm(visit, password, partial(self._in_a_work, visit, owner))

    async def _in_a_work(self, visit: Visit, owner: Owner, proof: Proof) -> Left | Refusal | Stale:
        return await visit.work(self._leave, owner, proof)

    def _leave(self, work: Work, owner: Owner, proof: Proof) -> Left | Refusal | Stale:
        desk = self.confirm.desk
        account = desk.identity.credentials.confirm(work, proof)
        if not isinstance(account, Account):
            return account
        moved = move(desk, work, account.id, "delete", by=owner.who, write=self._write)
        return moved if isinstance(moved, Refusal) else Left(work.now + desk.identity.rules.erase_after)

    def _write(self, work: Work, moved: Moved) -> None:
        """No token: it would lie in the mailbox for as long as the account can come back."""
        desk = self.confirm.desk
        erased = work.now + desk.identity.rules.erase_after
        desk.write(work, moved.move.letter, moved.account, link=Secret(f"{desk.base}/restore"), date=day(erased))
