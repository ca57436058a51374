"""An administrator asks somebody in: by an account that waits for its owner, or by a letter alone. Nobody chooses another's password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from daemun.core.actor import SYSTEM, Actor
from daemun.core.circumstance import Language
from daemun.core.errors import Missing
from daemun.features.access import Access
from daemun.features.identity import Account, EmailTaken, Issued, Link, Newcomer, UserMissing
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.events import INVITED, UNINVITED, USER_CREATED
from daemun.ports.database import Transaction, Work
from daemun.ports.letters import Letter

FIRST_ROLE: Final = "user"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a letter of invitation goes to."""

    email: str
    name: str
    roles: tuple[str, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class Invite:
    hands: Hands

    def create(self, work: Work, by: Actor, newcomer: Newcomer, roles: Iterable[str]) -> Account:
        """An account without a password, and a letter with which its owner sets one."""
        desk = self.hands.desk
        self.hands.may(work, by, "users.manage")
        desk.identity.well_formed(newcomer)
        desk.identity.refuse_taken(work, newcomer)
        wanted = tuple(dict.fromkeys(roles))
        user = desk.identity.join(work, newcomer, None, by=by, role=",".join(wanted))
        give_all(desk.access, work, by, user.id, wanted)
        work.publish(USER_CREATED.by(by, work.now, resource_id=user.id, target=user.id, handle=user.handle, roles=",".join(wanted) or None))
        self._send(work, by, Guest(user.email, user.name, wanted, work.circumstance.language), user.id)
        account = desk.identity.directory.account(work, user.id)
        if account is None:
            raise UserMissing
        return account

    def invite(self, work: Work, by: Actor, guest: Guest) -> Link:
        """The invited chooses handle, name and password. A new invitation to the same address ends the older."""
        self.hands.may(work, by, "users.manage")
        self._may_give(work, by, guest)
        if not self.hands.desk.identity.mailbox.is_free(work, guest.email):
            raise EmailTaken
        return self._send(work, by, guest)

    def welcome(self, work: Work, by: Actor, guest: Guest, user_id: str) -> Link:
        """To somebody who has an account and no password: a letter with which they set one."""
        return self._send(work, by, guest, user_id)

    def again(self, work: Work, by: Actor, link_id: str) -> Link:
        """A new letter with a new link, in the name of whoever sends it again."""
        self.hands.may(work, by, "users.manage")
        link = self._held(work, link_id)
        guest = guest_of(link)
        self._may_give(work, by, guest)
        return self._send(work, by, guest, link.user_id, again=True)

    def withdraw(self, work: Work, by: Actor, link_id: str) -> None:
        self.hands.may(work, by, "users.manage")
        link = self._held(work, link_id)
        self._may_give(work, by, guest_of(link))
        self.hands.desk.identity.links.withdraw(work, link.id)
        work.publish(UNINVITED.by(by, work.now, resource_id=link.id, target=link.user_id or None))

    def listed(self, tx: Transaction, after: str, limit: int) -> list[Link]:
        return self.hands.desk.identity.links.listed(tx, "invite", after=after, limit=limit)

    def _may_give(self, work: Work, by: Actor, guest: Guest) -> None:
        self.hands.desk.access.may_give(work, by, [each for each in guest.roles if each != FIRST_ROLE])

    def _held(self, work: Work, link_id: str) -> Link:
        if (link := self.hands.desk.identity.links.held(work, "invite", link_id)) is None:
            raise Missing
        return link

    def _send(self, work: Work, by: Actor, guest: Guest, user_id: str = "", *, again: bool = False) -> Link:
        desk = self.hands.desk
        data = {"name": guest.name, "roles": ",".join(guest.roles), "by": str(by), "language": guest.language}
        issued = desk.identity.links.issue(work, "invite", user_id=user_id, email=guest.email, data=data)
        link = self._made(work, issued)
        account = desk.identity.directory.account(work, user_id) if user_id else None
        address, told = (
            desk.link("/invitation", issued.token),
            {"name": guest.name or guest.email, "handle": account.handle if account else ""},
        )
        kind = "account_created" if account else "invitation"
        desk.letters.post(work, Letter(kind, guest.email, guest.language, user_id, told, address))
        work.publish(
            INVITED.by(by, work.now, resource_id=link.id, target=user_id or None, roles=",".join(guest.roles) or None, again=again)
        )
        return link

    def _made(self, work: Work, issued: Issued) -> Link:
        link = self.hands.desk.identity.links.look(work, "invite", issued.token)
        if link is None:
            raise Missing
        return link


def give_all(access: Access, work: Work, by: Actor, user_id: str, roles: Iterable[str]) -> None:
    """What everybody gets who signs up is given by the house: an administrator need not hold it."""
    for role in roles:
        access.grant(work, SYSTEM if role == FIRST_ROLE else by, user_id, role)


def guest_of(link: Link) -> Guest:
    roles = tuple(each for each in link.data.get("roles", "").split(",") if each)
    return Guest(link.email, link.data.get("name", ""), roles, "en" if link.data.get("language") == "en" else "ko")


def inviter_of(link: Link) -> Actor | None:
    """Who answers for it: a person or the house. What else there may be answers for nothing later."""
    kind, _, id_ = link.data.get("by", "").partition(":")
    if kind == "user" and id_:
        return Actor("user", id_)
    return SYSTEM if kind == "system" else None
