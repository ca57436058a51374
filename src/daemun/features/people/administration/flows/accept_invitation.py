"""Somebody who was asked in comes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemun.core.actor import Actor
from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Link, LinkRefused, Newcomer, UserMissing
from daemun.features.people.administration.flows.inviting import FIRST_ROLE, give_all, guest_of, inviter_of
from daemun.features.people.desk import Desk
from daemun.features.people.events import INVITATION_USED
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the invited chooses; handle and name only where there is no account yet."""

    handle: str
    name: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Invitation:
    """As its page shows it."""

    email: str
    name: str
    account: Account | None


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    desk: Desk

    def look(self, tx: Transaction, token: Secret) -> Invitation:
        """Uses nothing up. Raises `LinkRefused`."""
        link = self.desk.identity.links.look(tx, "invite", token)
        if link is None:
            raise LinkRefused
        account = self.desk.identity.directory.account(tx, link.user_id) if link.user_id else None
        if link.user_id and account is None:
            raise LinkRefused
        return Invitation(link.email, guest_of(link).name, account)

    async def __call__(self, visit: Visit, token: Secret, chosen: Acceptance) -> Account:
        """What is refused leaves the link good."""
        seen = await visit.read(self.look, token)  # before the hashing: rubbish costs none
        newcomer = _newcomer(seen, chosen)
        self.desk.identity.judge(newcomer)
        if seen.account is None:
            await visit.read(self.desk.identity.refuse_taken, newcomer)
        encoded = await self.desk.identity.encode(chosen.password)
        return await visit.work(self._come, token, newcomer, encoded)

    def _come(self, work: Work, token: Secret, newcomer: Newcomer, encoded: str) -> Account:
        self.desk.access.decide(work)
        link = self.desk.identity.links.use(work, "invite", token)
        if isinstance(link, LinkRefused):
            raise link
        inviter = self._inviter(work, link)
        user_id = link.user_id or self._join(work, link, inviter, newcomer, encoded)
        if link.user_id:
            _raised(self.desk.identity.credentials.set(work, user_id, encoded, how="invitation"))
        account = _raised(self.desk.identity.mailbox.verified(work, user_id, link.email))
        work.publish(INVITATION_USED.by(account.actor, work.now, resource_id=user_id, target=user_id, invited_by=str(inviter)))
        return account

    def _inviter(self, work: Work, link: Link) -> Actor:
        """With all they hold today. An invitation ends with the power it was given by: whoever lost it leaves no door open."""
        by = inviter_of(link)
        if by is None:
            raise LinkRefused
        if by.kind == "system":
            return by
        rights = self.desk.access.rights_of(work, by.id)
        if not self.desk.identity.active_among(work, [by.id]) or "users.manage" not in rights.permissions:
            raise LinkRefused
        return replace(by, permissions=rights.permissions)

    def _join(self, work: Work, link: Link, inviter: Actor, newcomer: Newcomer, encoded: str) -> str:
        roles = guest_of(link).roles or (FIRST_ROLE,)
        user = self.desk.identity.join(work, newcomer, encoded, role=",".join(roles))
        give_all(self.desk.access, work, inviter, user.id, roles)
        return user.id


def _newcomer(seen: Invitation, chosen: Acceptance) -> Newcomer:
    if seen.account:
        return Newcomer(seen.account.handle, seen.email, seen.account.name, chosen.password)
    missing = [Flaw(where, "field_missing") for where, given in (("handle", chosen.handle), ("name", chosen.name)) if not given]
    if missing:
        raise Malformed(*missing)
    return Newcomer(chosen.handle, seen.email, chosen.name, chosen.password)


def _raised(answer: Account | Refusal) -> Account:
    if isinstance(answer, UserMissing):
        raise LinkRefused
    if isinstance(answer, Refusal):
        raise answer
    return answer
