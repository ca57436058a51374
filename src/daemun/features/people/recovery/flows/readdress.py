"""An account gets another mailbox, or its old one back."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Link, LinkRefused
from daemun.features.people.desk import Desk
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class ConfirmEmail:
    """The letter to the new address was read."""

    desk: Desk

    async def __call__(self, visit: Visit, token: Secret) -> Account | Refusal:
        return await visit.work(self._confirm, token, visit)

    def _confirm(self, work: Work, token: Secret, visit: Visit) -> Account | Refusal:
        identity = self.desk.identity
        link = identity.links.use(work, "change_email", token)
        account = None if isinstance(link, Refusal) else identity.directory.account(work, link.user_id)
        if account is None or isinstance(link, Refusal):
            return LinkRefused()
        changed = identity.mailbox.change(work, account.id, link.email, by=account.actor, verified=True)
        if isinstance(changed, Refusal):
            raise changed
        self.desk.revoke(work, "email_changed", account.id, by=account.actor, own=_asking(visit, link))
        undo = self.desk.link("/email/undo", changed.undo.token)
        self.desk.write(work, "email_changed", changed.account, to=changed.old, link=undo, new=changed.account.email)
        return changed.account


@dataclass(frozen=True, slots=True)
class Undone:
    account: Account
    reset: Secret | None
    """For the page that has undone it, and nobody else: whoever came this far chooses a new password at once."""


@dataclass(frozen=True, slots=True)
class UndoEmail:
    """Whoever reads the old mailbox takes the account back, from whoever has it now."""

    desk: Desk

    async def __call__(self, visit: Visit, token: Secret) -> Undone | Refusal:
        return await visit.work(self._undo, token)

    def _undo(self, work: Work, token: Secret) -> Undone | Refusal:
        identity = self.desk.identity
        link = identity.links.use(work, "undo_email", token)
        if isinstance(link, Refusal):
            return link
        account = identity.mailbox.undo(work, link)
        if isinstance(account, Refusal):
            raise account
        self.desk.revoke(work, "email_undone", account.id, by=account.actor)
        self.desk.write(work, "email_restored", account)
        if account.status not in ("NORMAL", "SLEEP"):
            return Undone(account, None)
        return Undone(account, identity.links.issue(work, "reset", user_id=account.id, email=account.email).token)


def _asking(visit: Visit, link: Link) -> str | None:
    """The session that stays: the one the link is opened in, or the one that asked for the change."""
    return visit.actor.session if visit.actor.id == link.user_id else link.data.get("session")
