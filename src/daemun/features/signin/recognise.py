"""How the gate learns who came: one signature, then one statement over three rooms."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.features.access import Access
from daemun.features.apikeys import PREFIX, ApiKeyInvalid, ApiKeys, PresentedKey
from daemun.features.identity import AccountInactive, Identity, Someone
from daemun.features.sessions import AccessClaims, Cookie, InvalidCookie, SessionEnded, Sessions
from daemun.ports.database import Database, Parts, Together, micros
from daemun.ports.memory import Memory

WHO = Together(Sessions.LIVE, Identity.PERSON, Access.ROLES)
WHOSE = Together(Sessions.BY_COOKIE, Identity.PERSON, Access.ROLES, given={"user_id": Sessions.OWNER})
WHO_BY_KEY = Together(ApiKeys.BY_HASH, Identity.PERSON, Access.ROLES, given={"user_id": ApiKeys.OWNER})


@dataclass(frozen=True, slots=True)
class Recognise:
    sessions: Sessions
    identity: Identity
    access: Access
    keys: ApiKeys
    memory: Memory | None = None

    def signed(self, token: str) -> AccessClaims | PresentedKey:
        return self.keys.presented(token) if token.startswith(PREFIX) else self.sessions.claims_of(token)

    def signed_cookie(self, value: str) -> Cookie:
        cookie = self.sessions.cookie_of(value)
        if isinstance(cookie, InvalidCookie):
            raise cookie
        return cookie

    async def known(self, database: Database, signed: AccessClaims | Cookie | PresentedKey, circumstance: Circumstance) -> Actor | Refusal:
        now = micros(self.sessions.clock.now())
        if isinstance(signed, PresentedKey):
            return self._by_key(await database.glance(WHO_BY_KEY, key_hash=signed.key_hash), signed, now, circumstance)
        if self.memory is None:
            return self._someone(await self._asked(database, signed, now), signed, now)
        name = f"cookie {signed.token_hash}" if isinstance(signed, Cookie) else f"token {signed.session_id} {signed.user_id}"
        recollection = await self.memory.recall(name)
        if recollection.parts and self._stands(recollection.parts, signed, now):
            return self._someone(recollection.parts, signed, now)
        parts = await self._asked(database, signed, now)
        someone = self._someone(parts, signed, now)
        if recollection.slip and isinstance(someone, Actor) and self._stands(parts, signed, now):
            self.memory.keep(recollection.slip, name, someone.id, parts)
        return someone

    async def _asked(self, database: Database, signed: AccessClaims | Cookie, now: int) -> Parts:
        if isinstance(signed, Cookie):
            return await database.glance(WHOSE, token_hash=signed.token_hash, now=now)
        return await database.glance(WHO, session_id=signed.session_id, now=now, user_id=signed.user_id)

    def _stands(self, parts: Parts, signed: AccessClaims | Cookie, now: int) -> bool:
        """Whether the answer is worth remembering. Not one that ends by itself at this moment, and not one whose use has to be written
        down: that changes it, and is marked nowhere."""
        live = self.sessions.live_of(parts[0])
        if live is None or not live.lasts(now):
            return False
        return not (isinstance(signed, Cookie) and self.sessions.touches.is_due(live, now))

    def _someone(self, parts: Parts, signed: AccessClaims | Cookie, now: int) -> Actor | Refusal:
        session, person, told = parts
        live, user, rights = self.sessions.live_of(session), self.identity.person_of(person), self.access.rights_in(told)
        # What was asked for is compared once more: a row that was meant for somebody else opens nothing.
        if live is None or user is None or live.user_id != user.id or not live.answers(signed):
            return SessionEnded()
        if not user.is_active:
            return AccountInactive()
        if isinstance(signed, Cookie):  # a token's session is used when it is refreshed
            self.sessions.touches.note(live, now)
        return Someone(
            "user",
            user.id,
            rights.permissions,
            session=live.id,
            handle=user.handle,
            aal=live.aal(now),
            authenticated_ago=live.authenticated_ago(now),
            user=user,
            roles=rights.roles,
        )

    def _by_key(self, parts: Parts, asked: PresentedKey, now: int, circumstance: Circumstance) -> Actor | Refusal:
        found, person, told = parts
        key, user, rights = (
            self.keys.admitted(found, asked, now, circumstance),
            self.identity.person_of(person),
            self.access.rights_in(told),
        )
        if isinstance(key, Refusal):
            return key
        if user is None or user.id != key.user_id:
            return ApiKeyInvalid()
        if not user.is_active:
            return AccountInactive()
        self.keys.uses.note(key, now, circumstance)
        # Never more than its owner may at this moment; and no session, no assurance beyond the first level, no fresh authentication.
        may = key.scopes & rights.permissions
        return Someone("token", key.id, may, handle=user.handle, holder=user.id, user=user, roles=())
