"""Somebody comes in by a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from daemun.core.errors import Refusal
from daemun.features.identity import Asleep, Attempt, EmailUnverified, Entered, Limited, Proof, Stale, WrongCredentials
from daemun.features.sessions import BrowserSession, DeviceCookie, TokenPair
from daemun.features.signin.door import Door, holder_of
from daemun.features.signin.errors import PasswordChangeDue
from daemun.features.signin.events import LOGGED_IN, TEMPORARY_USED
from daemun.features.signin.flows.telling import Telling
from daemun.ports.database import Work
from daemun.web.visit import Visit


class Opened(Protocol):
    @property
    def session_id(self) -> str: ...


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a browser takes along: its session, and the mark by which it is known next time."""

    session: BrowserSession
    device: DeviceCookie

    @property
    def session_id(self) -> str:
        return self.session.session_id


S = TypeVar("S", bound=Opened)
Opens = Callable[[Work, Entered], S]


@dataclass(frozen=True, slots=True)
class LogIn:
    door: Door

    async def with_tokens(self, visit: Visit, attempt: Attempt, *, remember: bool) -> TokenPair | Refusal:
        device = self.door.device_of(visit)

        def opens(work: Work, user: Entered) -> TokenPair:
            return self.door.sessions.open(work, holder_of(user), remember=remember, device=device, country=self.door.country(work))

        return await self._in(visit, attempt, _Way(device, remember, "tokens"), opens)

    async def with_a_browser(self, visit: Visit, attempt: Attempt, *, remember: bool) -> Given | Refusal:
        """The session it came with, whosever it was, ends; the device is known from now on."""
        device = self.door.device_of(visit)
        cookie, replacing = self.door.sessions.devices.cookie(device or None), visit.browser.session

        def opens(work: Work, user: Entered) -> Given:
            place = self.door.country(work)
            session = self.door.sessions.open_browser(
                work, holder_of(user), remember=remember, device=cookie.id, replacing=replacing, country=place
            )
            return Given(session, cookie)

        return await self._in(visit, attempt, _Way(device, remember, "browser"), opens)

    async def _in(self, visit: Visit, attempt: Attempt, way: _Way, opens: Opens[S]) -> S | Refusal:
        answer = await self._try(visit, attempt, way, opens)
        if isinstance(answer, Stale):  # two logins at once, and the other one upgraded the hash
            answer = await self._try(visit, attempt, way, opens)
        if isinstance(answer, Stale):
            answer = WrongCredentials()
        if isinstance(answer, Asleep | EmailUnverified):
            await Telling(self.door).how_to_go_on(visit, attempt.login, answer)
        if isinstance(answer, Refusal):
            answer.allowances = answer.allowances or self.door.identity.allowances()
        return answer

    async def _try(self, visit: Visit, attempt: Attempt, way: _Way, opens: Opens[S]) -> S | Refusal | Stale:
        identity = self.door.identity
        # Reserves the attempt, then hashes: slow, so outside any transaction.
        proof = await identity.prove(visit, attempt, self.door.knows(way.device), device=way.device)
        if isinstance(proof, Limited):
            return await visit.work(Telling(self.door).limited, proof) if proof.is_news else identity.too_many(proof)
        if proof.temporary:
            return await visit.work(self._redeem, proof)
        return await visit.work(self._enter, proof, way, opens)

    def _enter(self, work: Work, proof: Proof, way: _Way, opens: Opens[S]) -> S | Refusal | Stale:
        if proof.failed:
            return self.door.identity.refuse(work, proof)  # returned: raising would undo the count it leaves
        user = self.door.identity.admit(work, proof, wakes=proof.device_known)
        if isinstance(user, Refusal | Stale):
            return user
        opened = opens(work, user)
        work.publish(LOGGED_IN.by(user.actor, work.now, resource_id=opened.session_id, target=user.id, remember=way.remember, by=way.by))
        Telling(self.door).who_came_in(work, user, opened.session_id, device_known=proof.device_known)
        return opened

    def _redeem(self, work: Work, proof: Proof) -> Refusal | Stale:
        """A lent password is good for choosing a new one, and for nothing else."""
        user = self.door.identity.redeem(work, proof)
        if isinstance(user, Refusal | Stale):
            return user
        work.publish(TEMPORARY_USED.by(user.actor, work.now, resource_id=user.id, target=user.id))
        account = self.door.identity.directory.account(work, user.id)
        where = self.door.identity.mailbox.opens(work, account) if account else ""
        return PasswordChangeDue(self.door.identity.links.issue(work, "reset", user_id=user.id, email=where).token)


@dataclass(frozen=True, slots=True)
class _Way:
    """How somebody comes."""

    device: str
    remember: bool
    by: str
