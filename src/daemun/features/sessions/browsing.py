"""Sessions of browsers: a cookie is given, recognised, renewed and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from daemun.core.errors import Refusal
from daemun.features.sessions import store
from daemun.features.sessions.assurance import Assured, proven_again
from daemun.features.sessions.browsers import Browsers
from daemun.features.sessions.errors import InvalidCookie, SessionEnded
from daemun.features.sessions.events import LOGGED_OUT, REAUTHENTICATED
from daemun.features.sessions.kept import Kept, is_open, owner_of
from daemun.features.sessions.models import AssuranceLevel, BrowserSession, Cookie, Family, Holder, Reproven
from daemun.features.sessions.touches import Touches
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class BrowserSessions(Kept):
    browsers: Browsers
    touches: Touches

    def open_browser(
        self,
        work: Work,
        holder: Holder,
        *,
        remember: bool,
        aal: AssuranceLevel = 1,
        amr: Sequence[str] = ("pwd",),
        device: str = "",
        replacing: str = "",
        country: str | None = None,
    ) -> BrowserSession:
        """A new session under a new value, whatever the browser came with. `replacing`: the session cookie it came with, whosever it is:
        the browser will not come with it again, so it ends (ASVS 7.2.4). `device`, when it was verified, is known from now on."""
        work.lock(f"sessions:{holder.user_id}")
        self._replace(work, replacing)
        self._make_room(work, holder.user_id)
        session, given = self.browsers.first(work, holder.user_id, remember=remember, aal=aal, amr=" ".join(amr), country=country)
        store.add(work, session)
        if device:
            self.devices.remember(work, holder.user_id, device, by=owner_of(session))
        return given

    def reauthenticate(
        self, work: Work, session_id: str, *, user_id: str, aal: AssuranceLevel = 1, amr: Sequence[str] = ("pwd",)
    ) -> BrowserSession | Reproven | SessionEnded:
        """They have just proven once more who they are. A browser gets a new value and the old one is worth nothing (ASVS 7.2.4)."""
        session = self._mine(work, session_id, user_id)
        if session is None:
            return SessionEnded()
        proven = reproven(session, aal, " ".join(amr), work.now)
        work.publish(REAUTHENTICATED.by(owner_of(session), work.now, resource_id=session_id, target=user_id, aal=proven.aal))
        if proven.kind == "tokens":
            store.turned(work, proven)
            return Reproven(session_id)
        renewed, given = self.browsers.again(work, proven)
        store.turned(work, renewed)
        return given

    def close_browser(self, work: Work, cookie: str) -> Refusal | None:
        """Logs out. Whoever holds the value may."""
        session = self._by_cookie(work, cookie)
        if session is None:
            return SessionEnded()
        store.end(work, session, "logout")
        work.publish(LOGGED_OUT.by(owner_of(session), work.now, resource_id=session.id, target=session.user_id))
        return None

    def cookie_of(self, value: str) -> Cookie | InvalidCookie:
        """Tells a value of ours from a forged one, without the database."""
        return self.browsers.cookie_of(value)

    def _by_cookie(self, work: Work, value: str) -> Family | None:
        cookie = self.cookie_of(value)
        found = store.by_token(work, cookie.token_hash) if isinstance(cookie, Cookie) else None
        session = store.held(work, found) if found else None
        # Looked at once more under the lock: it may have got another value meanwhile.
        ours = session is not None and isinstance(cookie, Cookie) and session.token_hash == cookie.token_hash
        return session if session and ours and is_open(session, work.now) else None

    def _replace(self, work: Work, value: str) -> None:
        session = self._by_cookie(work, value) if value else None
        if session:
            self.end(work, session.id, "replaced", user_id=session.user_id, by=owner_of(session))


def reproven(session: Family, aal: int, amr: str, now: datetime) -> Family:
    before = Assured(session.aal, session.amr, session.assured_at)
    left = proven_again(before, session.used_at, Assured(aal, amr, now))
    return replace(session, authenticated_at=now, aal=left.aal, amr=left.amr, assured_at=left.at)
