"""The owner of an account, who is in already, says their password once more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from daemun.core.errors import Flaw, Refusal, Unauthenticated
from daemun.core.secret import Secret
from daemun.features.identity import Attempt, Limited, Proof, Someone, Stale
from daemun.features.people.desk import Desk
from daemun.features.people.errors import NotConfirmed
from daemun.features.sessions import BrowserSession, Reproven
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit

T = TypeVar("T")
Renewed = BrowserSession | Reproven
"""The session that asked: a browser is given a new value for it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody at their own account, with the session they came by."""

    who: Someone
    session: str
    device: str
    """The known-device cookie's number, if one came and the house made it."""

    @property
    def id(self) -> str:
        return self.who.id


def owner_of(desk: Desk, visit: Visit) -> Owner:
    if not isinstance(visit.actor, Someone) or visit.actor.session is None:
        raise Unauthenticated
    return Owner(visit.actor, visit.actor.session, desk.sessions.devices.device_of(visit.browser.device) or "")


@dataclass(frozen=True, slots=True)
class Confirm:
    desk: Desk

    async def __call__(
        self, visit: Visit, password: Secret, deed: Callable[[Proof], Awaitable[T | Refusal | Stale]], *, field: str = "password"
    ) -> T | Refusal:
        """Counted like a login, before anything else costs anything: a session that was left open is no place to guess."""
        for _ in range(2):  # twice when the stored hash was upgraded in between
            proof = await self._prove(visit, password, field)
            answer = proof if isinstance(proof, Refusal) else await deed(proof)
            if not isinstance(answer, Stale):
                return answer
        return NotConfirmed(Flaw(field, "password_wrong"))

    def renew(self, work: Work, owner: Owner) -> Renewed:
        """It is an authentication like any other (ASVS 7.2.4). Raises when the session has ended meanwhile: then nothing is done."""
        renewed = self.desk.sessions.reauthenticate(work, owner.session, user_id=owner.id)
        if isinstance(renewed, Refusal):
            raise renewed
        return renewed

    async def _prove(self, visit: Visit, password: Secret, field: str) -> Proof | Refusal:
        owner, identity = owner_of(self.desk, visit), self.desk.identity
        knows = partial(self._knows, owner.device) if owner.device else None
        proof = await identity.prove(visit, Attempt(owner.who.user.handle, password), knows, device=owner.device)
        if isinstance(proof, Limited):
            return await visit.work(identity.limit, proof) if proof.is_news else identity.too_many(proof)
        if proof.failed or proof.temporary or proof.user_id != owner.id:
            await visit.work(identity.refuse, proof)
            return NotConfirmed(Flaw(field, "password_wrong"))
        return proof

    def _knows(self, device: str, tx: Transaction, user_id: str) -> bool:
        return self.desk.sessions.devices.knows(tx, user_id, device)
