"""Somebody joins."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import SYSTEM
from daemun.features.access import Access
from daemun.features.identity import Identity, Newcomer, User
from daemun.features.signin.errors import SignupClosed
from daemun.ports.database import Work
from daemun.web.visit import Visit

FIRST_ROLE = "user"


@dataclass(frozen=True, slots=True)
class SignUp:
    identity: Identity
    access: Access

    async def __call__(self, visit: Visit, newcomer: Newcomer) -> User:
        if self.identity.rules.signup != "open":
            raise SignupClosed
        await self.identity.count_signup(visit)
        self.identity.judge(newcomer)
        await visit.read(self.identity.refuse_taken, newcomer)
        encoded = await self.identity.encode(newcomer.password)
        return await visit.work(self._join, newcomer, encoded)

    def _join(self, work: Work, newcomer: Newcomer, encoded: str) -> User:
        user = self.identity.join(work, newcomer, encoded, role=FIRST_ROLE)
        # Given by the house: nobody gives a role to themselves.
        self.access.grant(work, SYSTEM, user.id, FIRST_ROLE)
        return user
