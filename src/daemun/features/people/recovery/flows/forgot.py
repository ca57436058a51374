"""Somebody has forgotten their password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.core.actor import NOBODY
from daemun.core.errors import Refusal
from daemun.features.identity import Account, Temporary
from daemun.features.people.recovery.flows.asking import BY_ADMIN, Recovery, Reply
from daemun.ports.database import Work
from daemun.web.visit import Visit

RESET: Final = Reply("reset_password", "/reset", "reset")
RESTORE: Final = Reply("restore", "/restore", "restore")


@dataclass(frozen=True, slots=True)
class Forgot:
    recovery: Recovery

    async def __call__(self, visit: Visit, login: str) -> None:
        """The same for every name."""
        login = await self.recovery.counted(visit, login)
        lends = self.recovery.desk.identity.rules.recovery == "temporary"
        lent = await self.recovery.desk.identity.credentials.temporary() if lends else None  # slow, and slow for nobody, too
        await visit.work(self._write, login, lent)

    def _write(self, work: Work, login: str, lent: Temporary | None) -> None:
        own = Reply("temporary_password", code=lent.password) if lent else RESET

        def judge(account: Account) -> Reply | None:
            if account.status in ("NORMAL", "SLEEP"):
                return own
            return RESTORE if self.recovery.is_restorable(work, account) else BY_ADMIN

        account = self.recovery.write(work, login, judge, spare=own)
        # One event for every name: that a password was lent, or that somebody asked.
        if lent is None or isinstance(self._lend(work, account, lent), Refusal):
            self.recovery.tell(work, account, "password")

    def _lend(self, work: Work, account: Account | None, lent: Temporary) -> Account | Refusal:
        return self.recovery.desk.identity.credentials.lend(work, account.id if account else "", lent.encoded, by=NOBODY)
