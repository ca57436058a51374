"""How the gate learns who came: one signature, then one statement over three rooms."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.access import Access
from daemun.features.identity import AccountInactive, Identity, Someone
from daemun.features.sessions import AccessClaims, SessionEnded, Sessions
from daemun.ports.database import Together, Transaction, micros

WHO = Together(Sessions.LIVE, Identity.PERSON, Access.ROLES)


@dataclass(frozen=True, slots=True)
class Recognise:
    sessions: Sessions
    identity: Identity
    access: Access

    def signed(self, token: str) -> AccessClaims:
        return self.sessions.claims_of(token)

    def known(self, tx: Transaction, signed: AccessClaims) -> Actor | Refusal:
        row = tx.hot(WHO, session_id=signed.session_id, now=micros(tx.now), user_id=signed.user_id)
        session, person, told = WHO.parted(row)
        live, user, roles = self.sessions.live_of(session), self.identity.person_of(person), self.access.roles_in(told)
        if live is None or user is None or live.user_id != user.id:
            return SessionEnded()
        if not user.is_active:
            return AccountInactive()
        return Someone(
            "user", user.id, self.access.permissions_for(roles), session=signed.session_id, handle=user.handle, user=user, roles=roles
        )
