"""Somebody wants another address; the letter to it decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from daemun.core.canonical import email_key
from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Proof, Stale, TooManyAttempts, is_email
from daemun.features.people.own.events import EMAIL_ASKED
from daemun.features.people.own.flows.confirming import Confirm, Owner, Renewed, owner_of
from daemun.ports.database import Work
from daemun.ports.letters import Letter
from daemun.web.visit import Visit

LATER: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter is under way, perhaps to somebody else."""

    renewed: Renewed


@dataclass(frozen=True, slots=True)
class AskEmail:
    confirm: Confirm

    async def __call__(self, visit: Visit, email: str, password: Secret) -> Asked | Refusal:
        """After a full authentication (ASVS 7.5.1). Whether somebody has the address is told to nobody but its owner."""
        owner = owner_of(self.confirm.desk, visit)
        if not is_email(email):
            raise Malformed(Flaw("email", "email_form"))
        if email_key(email) == email_key(owner.who.user.email):
            raise Malformed(Flaw("email", "email_unchanged"))
        return await self.confirm(visit, password, partial(self._in_a_work, visit, owner, email))

    async def _in_a_work(self, visit: Visit, owner: Owner, email: str, proof: Proof) -> Asked | Refusal | Stale:
        if refusal := await self._too_many(visit, owner):
            await visit.work(self.confirm.desk.identity.credentials.confirm, proof)  # the password was right: that try does not count
            return refusal
        return await visit.work(self._ask, owner, email, proof)

    async def _too_many(self, visit: Visit, owner: Owner) -> Refusal | None:
        """Letters to addresses of strangers have an end."""
        try:
            may = await self.confirm.desk.identity.count_recovery(visit, owner.who.user.handle)
        except TooManyAttempts as refusal:
            return refusal
        return None if may else TooManyAttempts(retry_after=int(LATER.total_seconds()))

    def _ask(self, work: Work, owner: Owner, email: str, proof: Proof) -> Asked | Refusal | Stale:
        desk = self.confirm.desk
        account = desk.identity.credentials.confirm(work, proof)
        if not isinstance(account, Account):
            return account
        self._write(work, account, email, owner.session)
        desk.write(work, "email_change_asked", account, new=email)
        work.publish(EMAIL_ASKED.by(owner.who, work.now, resource_id=account.id, target=account.id, new=email))
        return Asked(self.confirm.renew(work, owner))

    def _write(self, work: Work, account: Account, email: str, session: str) -> None:
        """One link and one letter, whoever has the address. A link that is not sent opens nothing."""
        desk, identity = self.confirm.desk, self.confirm.desk.identity
        issued = identity.links.issue(work, "change_email", user_id=account.id, email=email, data={"session": session})
        holder, is_free = identity.directory.known_as(work, email), identity.mailbox.is_free(work, email, but=account.id)
        if holder is not None:
            desk.write(work, "email_wanted", holder)
            return
        # Nobody's, as far as the outbox knows: else one's own data would tell whether this letter was sent.
        told = {"name": account.name, "handle": account.handle}
        link = desk.link("/email/confirm", issued.token)
        desk.letters.post(work, Letter("change_email", email if is_free else "", account.language, "", told, link))
