"""Whose mailbox an account belongs to: proven, changed, and given back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daemun.core.actor import Actor
from daemun.core.canonical import email_key
from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.features.identity.accounts import store
from daemun.features.identity.accounts.models import NOT_LENT, Account, Readdressed, UserMissing
from daemun.features.identity.errors import EmailTaken
from daemun.features.identity.events import EMAIL_CHANGED, EMAIL_RESTORED, EMAIL_VERIFIED
from daemun.features.identity.links import LIFETIMES, Link, LinkRefused, Links
from daemun.features.identity.names import is_email
from daemun.ports.database import Transaction, Work


@dataclass(frozen=True, slots=True)
class Mailbox:
    links: Links

    def is_free(self, tx: Transaction, email: str, *, but: str = "") -> bool:
        """Whether `but`, or somebody new, may have the address: nobody has it, and nobody may still want it back."""
        # The rarer answer first: whoever asks by somebody's address waits for both questions, as whoever asks by a free one does.
        return not self.links.holds(tx, email, but=but) and store.has_email(tx, email_key(email)) in (None, but)

    def opens(self, tx: Transaction, account: Account) -> str:
        """Where letters go that open the account; "" is nowhere. An address that an administrator gave may be the administrator's: until
        its owner has shown otherwise they go to the one before, and no longer than the way back to it stands."""
        until = account.email_given_until
        if until is None or (account.email_verified and until <= tx.now):
            return account.email
        return self.links.way_back(tx, account.id)

    def opened_from(self, tx: Transaction, account: Account, email: str) -> bool:
        """Whether a letter that was read at this address opens the account."""
        return bool(email) and email_key(email) == email_key(self.opens(tx, account))

    def read(self, work: Work, link: Link) -> Account | Refusal:
        """A letter that opens the account was read where it was sent; if that is their address, it is verified."""
        account = store.locked(work, link.user_id)
        if account is None or not self.opened_from(work, account, link.email):
            return LinkRefused()
        return self.verified(work, account.id, link.email) if email_key(account.email) == email_key(link.email) else account

    def verified(self, work: Work, user_id: str, email: str, *, by: Actor | None = None, is_owner: bool = False) -> Account | Refusal:
        """The letter was read, or `by` vouches for it, and the address is still the one it went to. `is_owner`: signed in as them."""
        account = store.locked(work, user_id)
        if account is None or email_key(account.email) != email_key(email):
            return LinkRefused()
        until = account.email_given_until
        # Whoever gave the address may read it. Their own password is what the owner has besides; after a week the old mailbox had its say.
        settled = is_owner or until is None or until <= work.now or (by is not None and by.kind == "system")
        if account.email_verified and (until is None or not settled):
            return account
        after = replace(account, email_verified=True, email_given_until=None if settled else until)
        store.write(work, user_id, {"email_verified": True, "email_given_until": after.email_given_until})
        work.publish(EMAIL_VERIFIED.by(by or account.actor, work.now, resource_id=user_id, target=user_id, email=account.email))
        return after

    def change(self, work: Work, user_id: str, email: str, *, by: Actor, verified: bool) -> Readdressed | Refusal:
        """The new address, and for a week the way back to the old one, or to the one before an administrator gave it. `verified`: whether
        a letter to the new one was read, which its owner had asked for; else somebody else gave it."""
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
        old = self.opens(work, account)
        undo = self.links.issue(work, "undo_email", user_id=user_id if old else "", email=old)
        # Who was never here yet has no other address to be warned at: one that was mistyped for them is simply corrected.
        is_somebodys = account.last_login_at is not None or store.password_of(work, user_id) is not None
        until = work.now + LIFETIMES["undo_email"] if is_somebodys and not verified else None
        store.write(work, user_id, _addressed(email, verified=verified, until=until))
        work.publish(EMAIL_CHANGED.by(by, work.now, resource_id=user_id, target=user_id, old=account.email, new=email))
        return Readdressed(replace(account, email=email, email_verified=verified, email_given_until=until), old, undo)

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
        store.write(work, account.id, _addressed(link.email, verified=True, until=None))
        owner = account.actor
        work.publish(EMAIL_RESTORED.by(owner, work.now, resource_id=account.id, target=account.id, old=account.email, new=link.email))
        return replace(account, email=link.email, email_verified=True, email_given_until=None)


def _addressed(email: str, *, verified: bool, until: datetime | None) -> dict[str, Any]:
    """What was lent by a letter to the mailbox that is left goes with it."""
    return {"email": email, "email_key": email_key(email), "email_verified": verified, "email_given_until": until, **NOT_LENT}
