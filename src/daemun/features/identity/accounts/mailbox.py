"""Whose mailbox an account belongs to: proven, changed, and given back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemun.core.actor import Actor
from daemun.core.canonical import email_key
from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.features.identity.accounts import store
from daemun.features.identity.accounts.models import NOT_LENT, Account, Readdressed, UserMissing
from daemun.features.identity.errors import EmailTaken
from daemun.features.identity.events import EMAIL_CHANGED, EMAIL_RESTORED, EMAIL_VERIFIED
from daemun.features.identity.links import Link, LinkRefused, Links
from daemun.features.identity.names import is_email
from daemun.ports.database import Transaction, Work


@dataclass(frozen=True, slots=True)
class Mailbox:
    links: Links

    def is_free(self, tx: Transaction, email: str, *, but: str = "") -> bool:
        """Whether `but`, or somebody new, may have the address: nobody has it, and nobody may still want it back."""
        return store.has_email(tx, email_key(email)) in (None, but) and not self.links.holds(tx, email, but=but)

    def verified(self, work: Work, user_id: str, email: str, *, by: Actor | None = None) -> Account | Refusal:
        """The letter was read, or `by` vouches for it, and the address is still the one it went to."""
        account = store.locked(work, user_id)
        if account is None or email_key(account.email) != email_key(email):
            return LinkRefused()
        if account.email_verified:
            return account
        store.write(work, user_id, {"email_verified": True})
        work.publish(EMAIL_VERIFIED.by(by or account.actor, work.now, resource_id=user_id, target=user_id, email=account.email))
        return replace(account, email_verified=True)

    def change(self, work: Work, user_id: str, email: str, *, by: Actor, verified: bool) -> Readdressed | Refusal:
        """The new address, and for a week the way back to the old one. `verified`: whether a letter to the new one was read."""
        if not is_email(email):
            return Malformed(Flaw("email", "email_form"))
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        work.lock(f"email:{email_key(email)}")
        if email_key(email) == email_key(account.email) or not self.is_free(work, email, but=user_id):
            return EmailTaken()
        # What was sent to the old mailbox must not open the account that has left it; the way back must.
        self.links.end_with(work, user_id, "email_changed")
        undo = self.links.issue(work, "undo_email", user_id=user_id, email=account.email)
        store.write(work, user_id, _addressed(email, verified=verified))
        work.publish(EMAIL_CHANGED.by(by, work.now, resource_id=user_id, target=user_id, old=account.email, new=email))
        return Readdressed(replace(account, email=email, email_verified=verified), account.email, undo)

    def undo(self, work: Work, link: Link) -> Account | Refusal:
        """The old address again, which is proven by the link; every other link ends but the ways back to still older addresses."""
        account = store.locked(work, link.user_id)
        if account is None:
            return LinkRefused()
        work.lock(f"email:{email_key(link.email)}")
        if store.has_email(work, email_key(link.email)) not in (None, account.id):
            return EmailTaken()
        self.links.void(work, account.id, "undo_email", after=link.id)
        self.links.end_with(work, account.id, "email_undone")
        store.write(work, account.id, _addressed(link.email, verified=True))
        owner = account.actor
        work.publish(EMAIL_RESTORED.by(owner, work.now, resource_id=account.id, target=account.id, old=account.email, new=link.email))
        return replace(account, email=link.email, email_verified=True)


def _addressed(email: str, *, verified: bool) -> dict[str, str | bool | None]:
    """What was lent by a letter to the mailbox that is left goes with it."""
    return {"email": email, "email_key": email_key(email), "email_verified": verified, **NOT_LENT}
