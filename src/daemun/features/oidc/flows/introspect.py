"""A service asks whether a token is good at this moment (RFC 7662)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from daemun.features.apikeys import PresentedKey
from daemun.features.identity import Account
from daemun.features.oidc.counter import Counter, Presented
from daemun.features.sessions import AccessClaims
from daemun.plugin import Secret
from daemun.ports.database import Transaction, micros, moment
from daemun.web.visit import Visit

Told = Mapping[str, str | int | bool]
INACTIVE: Final[Told] = MappingProxyType({"active": False})
"""Of what is not alive nothing else is told, not even why (RFC 7662 2.2)."""


@dataclass(frozen=True, slots=True)
class Introspect:
    """Nothing is changed, and no refresh token turned. E-mail and name are not told: they have nothing to do with being alive."""

    counter: Counter

    async def __call__(self, visit: Visit, token: Secret) -> Told:
        presented = self.counter.presented(token)
        return INACTIVE if presented is None else await visit.read(self._told, presented)

    def _told(self, tx: Transaction, presented: Presented) -> Told:
        if isinstance(presented, PresentedKey):
            return self._key(tx, presented)
        return self._access(tx, presented) if isinstance(presented, AccessClaims) else self._refresh(tx, presented)

    def _access(self, tx: Transaction, claims: AccessClaims) -> Told:
        live, account = self.counter.sessions.is_live(tx, claims.session_id), self._normal(tx, claims.user_id)
        if live is None or account is None or live.user_id != account.id:
            return INACTIVE
        return self._of(account) | {
            "kind": "access",
            "token_type": "Bearer",
            "scope": " ".join(sorted(self.counter.access.rights_of(tx, account.id).permissions)),
            "client_id": claims.client_id,
            "aud": claims.audience,
            "jti": claims.jti,
            "sid": claims.session_id,
            "iat": _seconds(claims.issued_at),
            "exp": _seconds(claims.expires_at),
            "acr": f"aal{live.aal(micros(tx.now))}",
            "auth_time": _seconds(moment(live.authenticated)),
        }

    def _refresh(self, tx: Transaction, token: Secret) -> Told:
        found = self.counter.sessions.standing_of(tx, token)
        account = self._normal(tx, found.user_id) if found is not None and found.is_good else None
        if found is None or account is None:
            return INACTIVE
        return self._of(account) | {
            "kind": "refresh",
            "token_type": "N_A",  # it opens no resource (RFC 8693 2.2.1)
            "client_id": self.counter.sessions.rules.client_id,
            "sid": found.session_id,
            "iat": _seconds(found.issued_at),
            "exp": _seconds(found.expires_at),
        }

    def _key(self, tx: Transaction, presented: PresentedKey) -> Told:
        key = self.counter.keys.find_presented(tx, presented)
        account = self._normal(tx, key.user_id) if key is not None and key.dead(micros(tx.now)) is None else None
        if key is None or account is None:
            return INACTIVE
        return self._of(account) | {
            "kind": "api_key",
            "token_type": "Bearer",
            "scope": " ".join(sorted(key.scopes & self.counter.access.rights_of(tx, account.id).permissions)),
            "client_id": key.id,
            "aud": self.counter.sessions.rules.audience,
            "iat": _seconds(moment(key.created)),
            "exp": _seconds(moment(key.expires)),
        }

    def _of(self, account: Account) -> dict[str, str | int | bool]:
        """`sub` is the handle and `user_db_id` what authorises, as in the tokens themselves."""
        names = {"sub": account.handle, "username": account.handle, "user_db_id": account.id}
        return {"active": True, "iss": self.counter.sessions.issuer, **names}

    def _normal(self, tx: Transaction, user_id: str) -> Account | None:
        account = self.counter.account(tx, user_id)
        return account if account is not None and account.status == "NORMAL" else None


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
