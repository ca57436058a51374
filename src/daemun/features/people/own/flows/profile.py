"""Somebody says how they are called, and in which language they are written to."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.circumstance import Language
from daemun.core.errors import Refusal
from daemun.features.identity import Account, UserMissing
from daemun.features.people.desk import Desk
from daemun.features.people.own.flows.confirming import owner_of
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class OwnProfile:
    desk: Desk

    async def look(self, visit: Visit) -> Account:
        return await visit.read(self._is, owner_of(self.desk, visit).id)

    async def change(self, visit: Visit, *, name: str | None = None, language: Language | None = None) -> Account:
        """What is not said stays as it is; all of it, or nothing."""
        return await visit.work(self._change, owner_of(self.desk, visit).id, visit, name, language)

    def _change(self, work: Work, user_id: str, visit: Visit, name: str | None, language: Language | None) -> Account:
        profile = self.desk.identity.profile
        account = self._is(work, user_id)
        if name is not None:
            account = _done(profile.rename(work, user_id, name, by=visit.actor))
        if language is not None:
            account = _done(profile.speak(work, user_id, language, by=visit.actor))
        return account

    def _is(self, tx: Transaction, user_id: str) -> Account:
        return _done(self.desk.identity.directory.account(tx, user_id) or UserMissing())


def _done(answer: Account | Refusal) -> Account:
    if isinstance(answer, Refusal):
        raise answer
    return answer
