"""A private sign-up is finished by whoever reads the mailbox."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.core.secret import Secret
from daemun.features.identity import EmailTaken, Link, LinkRefused, Newcomer, User
from daemun.features.signin.door import Door
from daemun.features.signin.flows.signup import joined
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Key:
    """What opens it: the link, or in the browser that asked the code beside it."""

    token: Secret | None = None
    code: Secret | None = None


@dataclass(frozen=True, slots=True)
class Finishing:
    key: Key
    handle: str = ""
    """Instead of the one that was asked for, which may be taken by now."""
    password: Secret | None = None
    """Instead of the one that was asked with; where no browser asked there is none but this."""


@dataclass(frozen=True, slots=True)
class FinishSignUp:
    door: Door

    async def look(self, visit: Visit, token: Secret) -> Link | None:
        """Uses nothing up."""

        def query(tx: Transaction) -> Link | None:
            return self.door.identity.links.look(tx, "signup", token)

        return await visit.read(query)

    async def __call__(self, visit: Visit, finishing: Finishing) -> User | Refusal:
        """Raises `HandleTaken`, `WeakPassword`, or `Malformed` when a password is due: the link stays good."""
        await self.door.identity.count_signup(visit)  # it says which handles are taken: not to whoever wants to know many
        encoded = await self._chosen(visit, finishing)
        if isinstance(encoded, Refusal):
            return encoded
        try:
            return await visit.work(self._finish, finishing, encoded, visit.browser.flow)
        except EmailTaken:
            return LinkRefused()

    async def _chosen(self, visit: Visit, finishing: Finishing) -> str | Refusal:
        """The password that is chosen now; "" for the one that was asked with, by the very browser that asked."""
        identity, token = self.door.identity, finishing.key.token
        if token is None:  # a code is good in that browser alone
            return ""
        link = await self.look(visit, token)
        if link is None:
            return LinkRefused()
        if finishing.password is None:
            if not link.is_bound:
                raise Malformed(Flaw("password", "field_missing"))
            return ""
        identity.judge(_newcomer(link, finishing.handle, finishing.password))
        return await identity.encode(finishing.password)

    def _finish(self, work: Work, finishing: Finishing, encoded: str, browser: str) -> User | Refusal:
        links, key = self.door.identity.links, finishing.key
        if key.token is not None:
            link = links.use(work, "signup", key.token, browser)
        else:
            link = links.use_code(work, "signup", key.code or Secret(""), browser)
        if isinstance(link, LinkRefused):
            return link  # a wrong code must be counted
        user = joined(self.door, work, _newcomer(link, finishing.handle), encoded or link.data["password"])
        verified = self.door.identity.mailbox.verified(work, user.id, user.email)
        return verified if isinstance(verified, Refusal) else replace(user, email_verified=True)


def _newcomer(link: Link, handle: str, password: Secret | None = None) -> Newcomer:
    return Newcomer(handle or link.data["handle"], link.email, link.data["name"], password or Secret(""))
