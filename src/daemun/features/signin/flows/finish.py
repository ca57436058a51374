"""A private sign-up is finished by whoever reads the mailbox."""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemun.core.errors import Refusal
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
class FinishSignUp:
    door: Door

    async def look(self, visit: Visit, token: Secret) -> Link | None:
        """Uses nothing up."""

        def query(tx: Transaction) -> Link | None:
            return self.door.identity.links.look(tx, "signup", token)

        return await visit.read(query)

    async def __call__(self, visit: Visit, key: Key, handle: str = "") -> User | Refusal:
        """`handle` instead of the one that was asked for, which may be taken by now. Raises `HandleTaken`: the link stays good."""
        await self.door.identity.count_signup(visit)  # it says which handles are taken: not to whoever wants to know many
        try:
            return await visit.work(self._finish, key, handle, visit.browser.flow)
        except EmailTaken:
            return LinkRefused()

    def _finish(self, work: Work, key: Key, handle: str, browser: str) -> User | Refusal:
        links = self.door.identity.links
        if key.token is not None:
            link = links.use(work, "signup", key.token, browser)
        else:
            link = links.use_code(work, "signup", key.code or Secret(""), browser)
        if isinstance(link, LinkRefused):
            return link  # a wrong code must be counted
        newcomer = Newcomer(handle or link.data["handle"], link.email, link.data["name"], Secret(""))
        user = joined(self.door, work, newcomer, link.data["password"])
        verified = self.door.identity.mailbox.verified(work, user.id, user.email)
        return verified if isinstance(verified, Refusal) else replace(user, email_verified=True)
