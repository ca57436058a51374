"""Somebody joins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.core.actor import NOBODY, SYSTEM
from daemun.core.secret import Secret
from daemun.features.identity import Account, Newcomer, User
from daemun.features.signin.door import Door
from daemun.features.signin.errors import SignupClosed
from daemun.features.signin.events import SIGNUP_ASKED
from daemun.ports.database import Work
from daemun.web.visit import Visit

FIRST_ROLE: Final = "user"


@dataclass(frozen=True, slots=True)
class Pending:
    """Told to everybody who asks, whatever became of it: the rest is in the mailbox."""


@dataclass(frozen=True, slots=True)
class SignUp:
    door: Door

    async def __call__(self, visit: Visit, newcomer: Newcomer) -> User | Pending:
        identity = self.door.identity
        if identity.rules.signup == "invite":
            raise SignupClosed
        await identity.count_signup(visit)
        identity.judge(newcomer)
        if identity.rules.signup == "private":
            return await self._by_mail(visit, newcomer)
        await visit.read(identity.refuse_taken, newcomer)
        encoded = await identity.encode(newcomer.password)
        may = await identity.may_write_to(newcomer.email)
        return await visit.work(self._join, newcomer, encoded, visit.browser.flow, may_write=may)

    def _join(self, work: Work, newcomer: Newcomer, encoded: str, browser: str, *, may_write: bool) -> User:
        """A mailbox that has had its letters gets no more of them: whoever owns the account asks for one later."""
        user = joined(self.door, work, newcomer, encoded)
        if may_write:
            self._to_be_verified(work, user, browser)
        return user

    def _to_be_verified(self, work: Work, user: User, browser: str) -> None:
        issued = self.door.identity.links.issue(work, "verify", user_id=user.id, email=user.email, browser=browser)
        # A code is typed into the browser that asked for it: without one it is of no use.
        link, code = self.door.link("/verify", issued.token), issued.code if browser else None
        if (account := self.door.identity.directory.account(work, user.id)) is not None:
            self.door.write(work, "verify_email", account, link=link, code=code)

    # Private: nothing in the answer, in its time or in what is written tells who is a member.

    async def _by_mail(self, visit: Visit, newcomer: Newcomer) -> Pending:
        browser = visit.browser.flow
        # Where no browser asked, whoever reads the letter chooses the password: who asked may be somebody else, and knows this one.
        encoded = await self.door.identity.encode(newcomer.password) if browser else ""
        may = await self.door.identity.may_write_to(newcomer.email)
        if may:
            await visit.work(self._ask, newcomer, encoded, browser)
        return Pending()

    def _ask(self, work: Work, newcomer: Newcomer, encoded: str, browser: str) -> None:
        identity = self.door.identity
        owner = identity.find(work, newcomer.email)
        account = identity.directory.account(work, owner.id if owner else "")
        data = {"handle": newcomer.handle, "name": newcomer.name} | ({"password": encoded} if encoded else {})
        # Made for an address that is taken as well: it then opens nothing, and nobody is given it.
        issued = identity.links.issue(work, "signup", email=newcomer.email, data=data, browser=browser)
        free = identity.mailbox.is_free(work, newcomer.email) and account is None  # asked in both cases: it takes its time
        work.publish(SIGNUP_ASKED.by(NOBODY, work.now, target=account.id if account else None, free=free))
        if account is not None:
            self._tell_owner(work, account)
        elif free:
            link, code = self.door.link("/signup/finish", issued.token), issued.code if browser else None
            self.door.write_to(work, "signup_finish", newcomer.email, name=newcomer.name, handle=newcomer.handle, link=link, code=code)
        else:
            self.door.write_to(work, "signup_taken", "", name="", handle="", link=Secret(f"{self.door.base}/signin"))

    def _tell_owner(self, work: Work, account: Account) -> None:
        """Whoever has left a short time ago gets back what they had: nobody is a member twice."""
        if account.status == "DELETED":
            where = self.door.identity.mailbox.opens(work, account)
            issued = self.door.identity.links.issue(work, "restore", user_id=account.id, email=where)
            self.door.write(work, "restore", account, to=where, link=self.door.link("/restore", issued.token))
        else:
            self.door.write(work, "signup_taken", account, link=Secret(f"{self.door.base}/signin"))


def joined(door: Door, work: Work, newcomer: Newcomer, encoded: str) -> User:
    user = door.identity.join(work, newcomer, encoded, role=FIRST_ROLE)
    # Given by the house: nobody gives a role to themselves.
    door.access.grant(work, SYSTEM, user.id, FIRST_ROLE)
    return user
