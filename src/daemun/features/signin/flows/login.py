"""Somebody comes in by a password."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.features.identity import Attempt, Identity, Limited, Proof, Stale, User, WrongCredentials
from daemun.features.sessions import Holder, Sessions, TokenPair
from daemun.features.signin.events import LOGGED_IN
from daemun.ports.database import Work
from daemun.web.visit import Visit


def holder_of(user: User) -> Holder:
    return Holder(user.id, user.handle, user.email, user.name)


@dataclass(frozen=True, slots=True)
class LogIn:
    identity: Identity
    sessions: Sessions

    async def __call__(self, visit: Visit, attempt: Attempt, *, remember: bool) -> TokenPair | Refusal:
        answer = await self._try(visit, attempt, remember=remember)
        if isinstance(answer, Stale):  # two logins at once, and the other one upgraded the hash
            answer = await self._try(visit, attempt, remember=remember)
        return WrongCredentials() if isinstance(answer, Stale) else answer

    async def _try(self, visit: Visit, attempt: Attempt, *, remember: bool) -> TokenPair | Refusal | Stale:
        proof = await self.identity.prove(visit, attempt)  # reserves the attempt, then hashes: slow, so outside any transaction
        if isinstance(proof, Limited):
            return await visit.work(self.identity.limit, proof) if proof.is_news else self.identity.too_many(proof)
        device = self.sessions.devices.device_of(visit.browser.device) or ""
        return await visit.work(self._enter, proof, remember=remember, device=device)

    def _enter(self, work: Work, proof: Proof, *, remember: bool, device: str) -> TokenPair | Refusal | Stale:
        if proof.failed:
            return self.identity.refuse(work, proof)  # returned: raising would undo the count it leaves
        user = self.identity.admit(work, proof)
        if isinstance(user, Refusal | Stale):
            return user
        pair = self.sessions.open(work, holder_of(user), remember=remember, device=device)
        work.publish(LOGGED_IN.by(user.actor, work.now, resource_id=pair.session_id, target=user.id, remember=remember))
        return pair
