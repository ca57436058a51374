"""Somebody wants an account back that was deleted or has fallen asleep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Link, LinkRefused
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.flows.asking import BY_ADMIN, Recovery, Reply
from daemun.features.people.recovery.flows.forgot import RESTORE
from daemun.features.people.recovery.flows.waking import woken
from daemun.features.people.standing import move
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit

WAKE: Final = Reply("restore_asleep", "/wake", "wake")
AWAKE: Final = Reply("restore_not_needed", "/signin")


@dataclass(frozen=True, slots=True)
class AskBack:
    recovery: Recovery

    async def __call__(self, visit: Visit, login: str) -> None:
        """The same for every name."""
        await visit.work(self._write, await self.recovery.counted(visit, login))

    def _write(self, work: Work, login: str) -> None:
        def judge(account: Account) -> Reply | None:
            match account.status:
                case "NORMAL":
                    return AWAKE
                case "SLEEP":
                    return WAKE
                case _:
                    return RESTORE if self.recovery.is_restorable(work, account) else BY_ADMIN

        self.recovery.tell(work, self.recovery.write(work, login, judge, spare=RESTORE), "account")


@dataclass(frozen=True, slots=True)
class ComeBack:
    desk: Desk

    async def __call__(self, visit: Visit, token: Secret) -> Account | Refusal:
        """As it is now: NORMAL, or BANNED again for one who was."""
        return await visit.work(self._restore, token)

    def owner(self, tx: Transaction, token: Secret) -> Account | None:
        """Whose link it is, as long as it is good for something."""
        links, directory = self.desk.identity.links, self.desk.identity.directory
        link = links.look(tx, "restore", token) or links.look(tx, "wake", token)
        return directory.account(tx, link.user_id) if link else None

    def _restore(self, work: Work, token: Secret) -> Account | Refusal:
        link = self._used(work, token)
        account = self.desk.identity.directory.account(work, link.user_id) if isinstance(link, Link) else None
        if account is None or not isinstance(link, Link) or not self.desk.identity.mailbox.opened_from(work, account, link.email):
            return LinkRefused()
        if account.status == "SLEEP":
            return woken(self.desk, work, account)
        moved = move(self.desk, work, account.id, "restore", by=account.actor)
        # The account is back already, or it is too late: to whoever opened it, the link is over.
        return LinkRefused() if isinstance(moved, Refusal) else moved.account

    def _used(self, work: Work, token: Secret) -> Link | Refusal:
        link = self.desk.identity.links.use(work, "restore", token)
        return self.desk.identity.links.use(work, "wake", token) if isinstance(link, Refusal) else link
