"""A letter to whoever cannot come in: for every name the same answer, the same writes, and one letter, which may go to nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from daemun.core.actor import NOBODY
from daemun.core.secret import Secret
from daemun.features.identity import Account, Issued, Purpose
from daemun.features.people.desk import Desk
from daemun.features.people.events import RECOVERY_ASKED
from daemun.ports.database import Work
from daemun.web.bodies import unprintable
from daemun.web.visit import Visit

LONGEST: Final = 254


@dataclass(frozen=True, slots=True)
class Reply:
    """A kind of letter and where its button leads: by a link that opens something, or to a page that everybody sees."""

    letter: str
    path: str = ""
    purpose: Purpose | None = None
    code: Secret | None = None
    offers_code: bool = False
    """The code of the link, too: it is good in the browser that asked, if one did."""


Judge = Callable[[Account], Reply | None]
"""What this person is written; None: nothing."""
BY_ADMIN: Final = Reply("recovery_by_admin")


@dataclass(frozen=True, slots=True)
class Recovery:
    desk: Desk

    async def counted(self, visit: Visit, login: str) -> str:
        """The name, or "" for one nobody can have: so is one called for which too many have asked. Raises when the address has."""
        login = login.strip()
        login = "" if len(login) > LONGEST or unprintable(login) else login
        return login if await self.desk.identity.count_recovery(visit, login) else ""

    def write(self, work: Work, login: str, judge: Judge, *, spare: Reply, browser: str = "") -> Account | None:
        """Whom it went to. `spare` is what nobody gets in the place of somebody."""
        found = self.desk.identity.directory.known_as(work, login)
        reply = judge(found) if found else None
        account = found if reply else None
        issued = self._issue(work, account, reply or spare, login, browser, spare)
        self._post(work, account, reply or spare, issued, browser)
        return account

    def tell(self, work: Work, account: Account | None, way: str) -> None:
        """That somebody asked. Who it was, nobody knows yet."""
        whom = account.id if account else None
        work.publish(RECOVERY_ASKED.by(NOBODY, work.now, resource_id=whom, target=whom, way=way))

    def is_restorable(self, work: Work, account: Account) -> bool:
        """Whether it was deleted a short time ago, so that its owner may have it back."""
        return (
            account.status == "DELETED"
            and account.left_at is not None
            and account.left_at + self.desk.identity.rules.erase_after > work.now
        )

    def _issue(self, work: Work, account: Account | None, reply: Reply, login: str, browser: str, spare: Reply) -> Issued:
        """Who has none to get, is made one that opens nothing."""
        links = self.desk.identity.links
        if account is None or reply.purpose is None:
            return links.issue(work, spare.purpose or "reset", email=login, browser=browser)
        return links.issue(work, reply.purpose, user_id=account.id, email=self._where(work, account, reply), browser=browser)

    def _where(self, work: Work, account: Account, reply: Reply) -> str:
        """What verifies an address goes there, and what opens the account only where its owner reads it."""
        return account.email if reply.purpose == "verify" else self.desk.identity.mailbox.opens(work, account)

    def _post(self, work: Work, account: Account | None, reply: Reply, issued: Issued, browser: str) -> None:
        desk, link = self.desk, None
        if reply.path:
            link = desk.link(reply.path, issued.token) if reply.purpose else Secret(desk.base + reply.path)
        code = issued.code if reply.offers_code and browser else reply.code
        if account is None:
            desk.write_nobody(work, reply.letter, work.circumstance.language, link=link, code=code)
        else:
            desk.write(work, reply.letter, account, to=self._where(work, account, reply), link=link, code=code)
