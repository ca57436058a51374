"""Browser sessions: the values of their cookies, and what becomes of a session when its cookie is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from daemun.core.errors import Unavailable
from daemun.core.secret import Secret
from daemun.features.sessions.cookies import TOKEN_BYTES, cookie_text, is_genuine, parse_cookie, stored
from daemun.features.sessions.errors import InvalidCookie
from daemun.features.sessions.macs import written
from daemun.features.sessions.models import BrowserSession, Cookie, Family
from daemun.features.sessions.settings import SessionSettings
from daemun.ports.database import Work
from daemun.ports.keyring import Keyring
from daemun.ports.system import Entropy


@dataclass(frozen=True, slots=True)
class Browsers:
    """Writes nothing: the values, from the work's time and circumstance, the keys of today and chance."""

    rules: SessionSettings
    ring: Keyring
    entropy: Entropy

    def first(self, work: Work, user_id: str, *, remember: bool, aal: int, amr: str, country: str | None) -> tuple[Family, BrowserSession]:
        blank = Family.fresh(work, user_id, remember=remember, aal=aal, amr=amr, country=country, kind="browser")
        return self.again(work, blank)

    def again(self, work: Work, session: Family) -> tuple[Family, BrowserSession]:
        """Under a new value, both ends put off (NIST SP 800-63B-4 5.2): the value before is worth nothing from the commit on."""
        key_id, key = self._key()
        token = written(self.entropy.bytes(TOKEN_BYTES))
        idle, lifetime = self.bounds(remember=session.remember)
        given = replace(
            session,
            number=session.number + 1,
            mac_key_id=key_id,
            token_hash=stored(token),
            rotated_at=work.now,
            used_at=work.now,
            idle_until=work.now + min(idle, lifetime),
            expires_at=work.now + lifetime,
            agent=work.circumstance.agent[:255],
            address=work.circumstance.address[:45],
        )
        value = Secret(cookie_text("browser session", token, key_id, key))
        return given, BrowserSession(value, session.id, lifetime if session.remember else None)

    def cookie_of(self, value: str) -> Cookie | InvalidCookie:
        """Told without the database: what was forged costs nothing, and is told from what has expired."""
        presented = parse_cookie(value)
        if presented is None:
            return InvalidCookie("form")
        found = self.ring.mac_key(presented.key_id)
        if found is None:
            return InvalidCookie("key")
        return Cookie(stored(presented.token.reveal())) if is_genuine(presented, "browser session", found[1]) else InvalidCookie("mac")

    def bounds(self, *, remember: bool) -> tuple[timedelta, timedelta]:
        """Idle and overall."""
        rules = self.rules
        return (rules.remember_idle, rules.remember_lifetime) if remember else (rules.browser_idle, rules.browser_lifetime)

    def _key(self) -> tuple[str, bytes]:
        if (found := self.ring.mac_key()) is None:
            raise Unavailable
        return found
