"""Somebody shows that the mailbox of their account is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Link
from daemun.features.people.desk import Desk
from daemun.features.people.errors import AlreadyVerified
from daemun.features.people.recovery.flows.asking import Recovery, Reply
from daemun.ports.database import Work
from daemun.web.csrf import CsrfDue
from daemun.web.visit import Visit

VERIFY: Final = Reply("verify_email", "/verify", "verify", offers_code=True)


@dataclass(frozen=True, slots=True)
class AskVerification:
    recovery: Recovery

    async def __call__(self, visit: Visit, login: str | None) -> None:
        """By a name, the same for every name. Without one for whoever is signed in."""
        own = await self._own(visit) if login is None else None
        login = await self.recovery.counted(visit, own.handle if own else login or "")
        await visit.work(self._write, login, visit.browser.flow)

    async def _own(self, visit: Visit) -> Account | None:
        if visit.actor.kind != "user":
            return None
        if visit.by_cookie and not visit.browser.proven:
            raise CsrfDue
        account = await visit.read(self.recovery.desk.identity.directory.account, visit.actor.id)
        if account and account.is_proven:
            raise AlreadyVerified
        return account

    def _write(self, work: Work, login: str, browser: str) -> None:
        account = self.recovery.write(work, login, _judge, spare=VERIFY, browser=browser)
        self.recovery.tell(work, account, "verification")


def _judge(account: Account) -> Reply | None:
    return None if account.is_proven or account.status not in ("NORMAL", "SLEEP") else VERIFY


@dataclass(frozen=True, slots=True)
class Verify:
    desk: Desk

    async def __call__(self, visit: Visit, token: Secret) -> Account | Refusal:
        return await visit.work(self._by_link, token, visit)

    async def by_code(self, visit: Visit, code: Secret) -> Account | Refusal:
        """In the browser that asked for it, and in no other."""
        return await visit.work(self._by_code, code, visit)

    def _by_link(self, work: Work, token: Secret, visit: Visit) -> Account | Refusal:
        return self._verified(work, self.desk.identity.links.use(work, "verify", token, visit.browser.flow), visit)

    def _by_code(self, work: Work, code: Secret, visit: Visit) -> Account | Refusal:
        return self._verified(work, self.desk.identity.links.use_code(work, "verify", code, visit.browser.flow), visit)

    def _verified(self, work: Work, link: Link | Refusal, visit: Visit) -> Account | Refusal:
        if isinstance(link, Refusal):
            return link
        # By a cookie alone another site could have sent them here with a link of its own.
        sent = visit.actor.kind == "user" and (not visit.by_cookie or visit.browser.proven)
        is_owner = sent and visit.actor.id == link.user_id
        return self.desk.identity.mailbox.verified(work, link.user_id, link.email, is_owner=is_owner)
