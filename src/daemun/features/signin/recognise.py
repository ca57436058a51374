"""How the gate learns who came: one signature, then one short read over three rooms."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.access import Access
from daemun.features.identity import AccountInactive, Identity
from daemun.features.sessions import AccessClaims, SessionEnded, Sessions
from daemun.ports.database import Transaction


@dataclass(frozen=True, slots=True)
class Recognise:
    sessions: Sessions
    identity: Identity
    access: Access

    def signed(self, token: str) -> AccessClaims:
        return self.sessions.claims_of(token)

    def known(self, tx: Transaction, signed: AccessClaims) -> Actor | Refusal:
        live = self.sessions.is_live(tx, signed.session_id)
        if live is None or live.user_id != signed.user_id:
            return SessionEnded()
        found = self.identity.status_of(tx, signed.user_id)
        if found is None:
            return SessionEnded()
        status, handle = found
        if status != "NORMAL":
            return AccountInactive()
        return Actor("user", signed.user_id, self.access.permissions_of(tx, signed.user_id), signed.session_id, handle)
