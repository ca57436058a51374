"""How the gate learns who came: one signature, then one statement over three rooms."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.access import Access
from daemun.features.identity import AccountInactive, Identity, Someone
from daemun.features.sessions import AccessClaims, SessionEnded, Sessions
from daemun.ports.database import Database, Together, micros

WHO = Together(Sessions.LIVE, Identity.PERSON, Access.ROLES)


@dataclass(frozen=True, slots=True)
class Recognise:
    sessions: Sessions
    identity: Identity
    access: Access

    def signed(self, token: str) -> AccessClaims:
        return self.sessions.claims_of(token)

    def signed_cookie(self, value: str) -> AccessClaims:  # noqa: ARG002 - no cookie is given out yet, so none is one of ours
        raise SessionEnded

    async def known(self, database: Database, signed: AccessClaims) -> Actor | Refusal:
        now = micros(self.sessions.clock.now())
        session, person, told = await database.glance(WHO, session_id=signed.session_id, now=now, user_id=signed.user_id)
        live, user, roles = self.sessions.live_of(session), self.identity.person_of(person), self.access.roles_in(told)
        # The token's own name is compared once more: a row that was meant for somebody else opens nothing.
        if live is None or user is None or not live.user_id == user.id == signed.user_id:
            return SessionEnded()
        if not user.is_active:
            return AccountInactive()
        return Someone(
            "user", user.id, self.access.permissions_for(roles), session=signed.session_id, handle=user.handle, user=user, roles=roles
        )
