"""What is the same for sessions of both kinds: they are shown, named, counted and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from daemun.core.actor import Actor
from daemun.core.address import truncated
from daemun.features.sessions import store
from daemun.features.sessions.agents import described
from daemun.features.sessions.assurance import assurance
from daemun.features.sessions.devices import Devices
from daemun.features.sessions.events import SESSION_ENDED, SESSION_RENAMED
from daemun.features.sessions.models import EndedWhy, Family, LiveSession, OpenSession
from daemun.features.sessions.settings import SessionSettings
from daemun.ports.database import Hot, Transaction, Work

LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Kept:
    rules: SessionSettings
    devices: Devices

    def end(self, work: Work, session_id: str, why: EndedWhy, *, user_id: str, by: Actor) -> bool:
        """Whether it was open, and theirs."""
        session = self._mine(work, session_id, user_id)
        if session is None:
            return False
        store.end(work, session, why)
        work.publish(SESSION_ENDED.by(by, work.now, resource_id=session_id, target=user_id, reason=why, count=1))
        return True

    def end_all(self, work: Work, user_id: str, why: EndedWhy, *, by: Actor, but: str | None = None) -> int:
        """How many were open. `but` is the session that stays: the one that asked."""
        work.lock(f"sessions:{user_id}")
        count = store.end_all(work, user_id, why, but)
        if count:
            work.publish(SESSION_ENDED.by(by, work.now, target=user_id, reason=why, count=count))
        return count

    def end_everyone(self, work: Work, why: EndedWhy, *, by: Actor, before: datetime, but: str | None = None) -> int:
        """Up to a thousand of all people's sessions that were opened before then; asked again until it says 0 (ASVS 7.4.5)."""
        count = store.end_everyone(work, why, before, but)
        if count:
            work.publish(SESSION_ENDED.by(by, work.now, reason=why, count=count))
        return count

    def rename(self, work: Work, session_id: str, *, user_id: str, name: str, by: Actor) -> bool:
        """Whether it was open, and theirs. Without a name it is called as its device again."""
        shown = "".join(each for each in " ".join(name.split()) if each.isprintable())
        renamed = store.rename(work, session_id, user_id, shown[:LONGEST_NAME] or None)
        if renamed:
            work.publish(SESSION_RENAMED.by(by, work.now, resource_id=session_id, target=user_id))
        return renamed

    def forget(self, work: Work, user_id: str, *, by: Actor) -> int:
        """Erasure: nothing is left of their sessions and devices; how many sessions."""
        self.end_all(work, user_id, "deleted", by=by)
        self.devices.forget_all(work, user_id, by=by)
        return store.forget(work, user_id)

    def sweep(self, work: Work, before: datetime) -> int:
        """Deletes up to a thousand sessions that ended before then; how many."""
        return store.sweep(work, before)

    # Looking

    LIVE: ClassVar[Hot] = store.LIVE
    """Asks for `session_id` and `now`; `live_of` reads the answer."""
    BY_COOKIE: ClassVar[Hot] = store.BY_COOKIE
    """Asks for `token_hash` and `now`; `live_of` reads the answer."""
    OWNER: ClassVar[Hot] = store.OWNER
    """Asks for `token_hash`: the user's id, for the questions that are asked together with `BY_COOKIE`."""

    def live_of(self, found: tuple[Any, ...] | None) -> LiveSession | None:
        return store.live_of(found)

    def is_live(self, tx: Transaction, session_id: str) -> LiveSession | None:
        """The session, if it is open at this moment: asked on every request, answered by no cache."""
        return store.live(tx, session_id)

    def sessions_of(self, tx: Transaction, user_id: str) -> list[OpenSession]:
        """Newest first."""
        return [shown(each, tx.now) for each in store.open_of(tx, user_id)]

    def about(self, tx: Transaction, user_id: str) -> Mapping[str, Any]:
        """Everything a person may read of their sessions and devices, those included that have ended."""
        return {"sessions": store.about(tx, user_id), "devices": self.devices.about(tx, user_id)}

    # The steps of the stories above

    def _mine(self, work: Work, session_id: str, user_id: str) -> Family | None:
        family = store.owned(work, session_id, user_id)
        return family if family and is_open(family, work.now) else None

    def _make_room(self, work: Work, user_id: str) -> None:
        """The oldest go: a person who logs in for ever and never out is not locked out by it."""
        if store.open_count(work, user_id) < self.rules.most_per_user:
            return
        for each in store.open_of(work, user_id)[self.rules.most_per_user - 1 :]:
            self.end(work, each.id, "crowded", user_id=user_id, by=Actor("user", user_id))


def shown(session: Family, now: datetime) -> OpenSession:
    return OpenSession(
        id=session.id,
        kind=session.kind,
        name=session.name,
        device=described(session.agent),
        address=truncated(session.address),
        country=session.country,
        started_at=session.started_at,
        used_at=session.used_at,
        expires_at=session.expires_at,
        remember=session.remember,
        aal=assurance(session.aal, session.assured_at, session.used_at, now),
    )


def owner_of(family: Family) -> Actor:
    return Actor("user", family.user_id, session=family.id)


def is_open(family: Family, now: datetime) -> bool:
    return family.ended_at is None and now < family.idle_until
