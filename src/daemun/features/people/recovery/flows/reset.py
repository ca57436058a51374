"""A new password, by a link from a letter."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, LinkRefused
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.flows.known_here import Back, known_here
from daemun.features.people.recovery.flows.waking import woken
from daemun.features.sessions import DeviceCookie
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Reset:
    desk: Desk

    async def __call__(self, visit: Visit, token: Secret, password: Secret) -> Back | Refusal:
        """Opens no session: whoever has a second factor still needs it to come in (ASVS 6.4.3)."""
        identity = self.desk.identity
        account = await visit.read(self.owner, token)
        if account is None:
            return LinkRefused()
        identity.credentials.judge(account, password)  # raises: a weak password leaves the link as good as it was
        encoded = await identity.credentials.encode(password)
        # A new password is a new authenticator: what strangers have guessed at the old one counts no more (NIST 800-63B 3.2.2).
        await identity.forgive_strangers(account.id)
        # A number of its own: of the one that came, whoever makes a reset necessary may have a copy.
        return await visit.work(self._set, token, encoded, self.desk.sessions.devices.cookie())

    def owner(self, tx: Transaction, token: Secret) -> Account | None:
        """Whose link it is, as long as it is good."""
        link = self.desk.identity.links.look(tx, "reset", token)
        return self.desk.identity.directory.account(tx, link.user_id) if link else None

    def _set(self, work: Work, token: Secret, encoded: str, device: DeviceCookie) -> Back | Refusal:
        identity = self.desk.identity
        link = identity.links.use(work, "reset", token)
        if isinstance(link, Refusal):
            return link
        read = identity.mailbox.read(work, link)
        account = read if isinstance(read, Refusal) else identity.credentials.set(work, link.user_id, encoded, how="reset")
        if isinstance(account, Refusal):
            raise account
        self.desk.revoke(work, "password_reset", account.id, by=account.actor)
        self.desk.write(work, "password_changed", account)
        # Where only the letter of waking wakes, a new password does not.
        account = woken(self.desk, work, account) if identity.rules.sleep_wake == "login" else account
        return known_here(self.desk, work, account, device)
