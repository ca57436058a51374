"""An administrator corrects what is written of somebody: name, address, language."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.canonical import email_key
from daemun.core.circumstance import Language
from daemun.core.errors import Refusal
from daemun.features.identity import Account
from daemun.features.people.administration.flows.hands import Hands
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class Correction:
    """None stays as it is."""

    name: str | None = None
    email: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ChangeSomebody:
    hands: Hands

    def __call__(self, work: Work, by: Actor, user_id: str, correction: Correction) -> Account:
        account, profile = self.hands.reach(work, by, user_id, "users.manage"), self.hands.desk.identity.profile
        if correction.name is not None:
            account = raised(profile.rename(work, user_id, correction.name, by=by))
        if correction.language is not None:
            account = raised(profile.speak(work, user_id, correction.language, by=by))
        if correction.email is not None and email_key(correction.email) != email_key(account.email):
            account = self._readdress(work, by, account, correction.email)
        return account

    def _readdress(self, work: Work, by: Actor, account: Account, email: str) -> Account:
        """Nobody has read a letter there yet: the new address is unverified, and the old one gets the way back."""
        desk = self.hands.desk
        changed = desk.identity.mailbox.change(work, account.id, email, by=by, verified=False)
        if isinstance(changed, Refusal):
            raise changed
        desk.revoke(work, "email_changed", account.id, by=by)
        undo = desk.link("/email/undo", changed.undo.token)
        desk.write(work, "email_changed_by_admin", account, to=changed.old, link=undo, new=email)
        verify = desk.identity.links.issue(work, "verify", user_id=account.id, email=email)
        desk.write(work, "email_given_by_admin", changed.account, link=desk.link("/verify", verify.token))
        return changed.account


def raised(answer: Account | Refusal) -> Account:
    if isinstance(answer, Refusal):
        raise answer
    return answer
