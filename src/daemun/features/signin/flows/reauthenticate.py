"""Somebody who is in proves once more that it is them."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.errors import Refusal, Unauthenticated
from daemun.core.secret import Secret
from daemun.features.identity import Attempt, Limited, Proof, Someone, Stale, WrongCredentials
from daemun.features.sessions import BrowserSession, Reproven
from daemun.features.signin.door import Door
from daemun.features.signin.flows.telling import Telling
from daemun.ports.database import Work
from daemun.web.visit import Visit

Answer = BrowserSession | Reproven | Refusal


@dataclass(frozen=True, slots=True)
class Reauthenticate:
    """By the password, under the limits of a login: a session that was left open must be no place to guess it."""

    door: Door

    async def __call__(self, visit: Visit, password: Secret) -> Answer:
        if not isinstance(visit.actor, Someone) or visit.actor.session is None:
            return Unauthenticated()
        answer = await self._try(visit, visit.actor, visit.actor.user.handle, password)
        if isinstance(answer, Stale):
            answer = await self._try(visit, visit.actor, visit.actor.user.handle, password)
        return WrongCredentials() if isinstance(answer, Stale) else answer

    async def _try(self, visit: Visit, actor: Actor, handle: str, password: Secret) -> Answer | Stale:
        identity, device = self.door.identity, self.door.device_of(visit)
        proof = await identity.prove(visit, Attempt(handle, password), self.door.knows(device), device=device)
        if isinstance(proof, Limited):
            return await visit.work(Telling(self.door).limited, proof) if proof.is_news else identity.too_many(proof)
        return await visit.work(self._prove, proof, actor)

    def _prove(self, work: Work, proof: Proof, actor: Actor) -> Answer | Stale:
        if proof.failed or proof.temporary or proof.user_id != actor.id:
            return self.door.identity.refuse(work, proof)
        user = self.door.identity.admit(work, proof)
        if isinstance(user, Refusal | Stale):
            return user
        Telling(self.door).who_came_in(work, user, actor.session or "", device_known=proof.device_known)
        return self.door.sessions.reauthenticate(work, actor.session or "", user_id=actor.id)
