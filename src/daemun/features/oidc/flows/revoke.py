"""A service gives back a token it holds, or one it has found lying about (RFC 7009)."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.apikeys import PresentedKey
from daemun.features.oidc.counter import Counter, Presented
from daemun.features.oidc.errors import TokenOfAnother
from daemun.features.oidc.events import TOKEN_REVOKE_DENIED
from daemun.features.sessions import AccessClaims
from daemun.plugin import Secret
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Target:
    """What would end: a login with all its tokens, or a key."""

    user_id: str
    session_id: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Revoke:
    """What nobody has, or is over, is revoked as asked for: the caller wanted it to be worth nothing, and so it is."""

    counter: Counter

    async def __call__(self, visit: Visit, token: Secret) -> Refusal | None:
        presented = self.counter.presented(token)
        return None if presented is None else await visit.work(self._revoke, visit.actor, presented)

    def _revoke(self, work: Work, by: Actor, presented: Presented) -> Refusal | None:
        target = self._target(work, presented)
        if target is None:
            return None
        if not self._reaches(work, by, target.user_id):
            work.publish(TOKEN_REVOKE_DENIED.by(by, work.now, resource_id=target.session_id or target.key_id, target=target.user_id))
            return TokenOfAnother()
        if target.session_id is not None:
            self.counter.sessions.end(work, target.session_id, "revoked", user_id=target.user_id, by=by)
        elif target.key_id is not None:
            self._end_key(work, by, target.user_id, target.key_id)
        return None

    def _target(self, tx: Transaction, presented: Presented) -> Target | None:
        if isinstance(presented, PresentedKey):
            key = self.counter.keys.find_presented(tx, presented)
            return Target(key.user_id, key_id=key.id) if key else None
        if isinstance(presented, AccessClaims):
            return Target(presented.user_id, session_id=presented.session_id)
        # Any token of a login will do, used ones too: whoever holds one could end it by a replay as well.
        found = self.counter.sessions.standing_of(tx, presented)
        return Target(found.user_id, session_id=found.session_id) if found else None

    def _reaches(self, work: Work, by: Actor, user_id: str) -> bool:
        """Its owner's tokens, and those of people whom its owner's rights in the key reach: the rule of every administrator."""
        return by.user_id == user_id or self.counter.access.may_touch(work, by, user_id) is None

    def _end_key(self, work: Work, by: Actor, user_id: str, key_id: str) -> None:
        key, account = self.counter.keys.owned(work, key_id, user_id), self.counter.account(work, user_id)
        if self.counter.keys.end(work, key_id, "client", user_id=user_id, by=by) and key and account:
            self.counter.write(work, "api_key_revoked_by_program", account, key=key.name)
