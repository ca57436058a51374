"""Somebody with a shell on the server makes an administrator: the first one, or one more."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import SYSTEM
from daemun.features.access import Access
from daemun.features.identity import Identity, Newcomer, User
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class MakeAdmin:
    identity: Identity
    access: Access

    async def __call__(self, visit: Visit, newcomer: Newcomer, *, role: str) -> User:
        self.identity.well_formed(newcomer)
        self.identity.judge(newcomer)
        encoded = await self.identity.encode(newcomer.password)
        return await visit.work(self._make, newcomer, encoded, role)

    def _make(self, work: Work, newcomer: Newcomer, encoded: str, role: str) -> User:
        user = self.identity.join(work, newcomer, encoded, by=SYSTEM, role=role)
        self.access.grant(work, SYSTEM, user.id, role)
        return user
