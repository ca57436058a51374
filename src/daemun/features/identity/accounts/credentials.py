"""Passwords of people who are here already: changed, set anew, lent."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity.accounts import store
from daemun.features.identity.accounts.models import NOT_LENT, TEMPORARY_LASTS, Account, Temporary, UserMissing
from daemun.features.identity.errors import AccountInactive, WeakPassword, WrongCredentials
from daemun.features.identity.events import PASSWORD_CHANGED, PASSWORD_LENT
from daemun.features.identity.links import Links
from daemun.features.identity.models import Proof, Stale, User
from daemun.features.identity.passwords import PasswordPolicy, judge
from daemun.ports.database import Work
from daemun.ports.hasher import Hasher
from daemun.ports.system import Entropy

How = Literal["change", "reset", "invitation"]


@dataclass(frozen=True, slots=True)
class Credentials:
    hasher: Hasher
    policy: PasswordPolicy
    listed: Callable[[str], bool]
    entropy: Entropy
    links: Links

    def judge(self, user: User | Account, password: Secret) -> None:
        """Raises `WeakPassword` with every reason at once."""
        names = (user.handle, user.email, user.name)
        if flaws := judge(password.reveal(), self.policy, names=names, listed=self.listed):
            raise WeakPassword(*flaws)

    async def encode(self, password: Secret) -> str:
        return await self.hasher.hash(password)

    def confirm(self, work: Work, proof: Proof) -> Account | Refusal | Stale:
        """Somebody who is in already has proven their password once more, and it is still the one that is stored."""
        account = store.locked(work, proof.user_id or "")
        if proof.forgive:
            proof.forgive(work)
        if account is None or proof.failed or proof.temporary:
            return WrongCredentials()
        if store.password_of(work, account.id) != proof.stored:
            return Stale()
        if account.status != "NORMAL":
            return AccountInactive()
        return account

    def change(self, work: Work, proof: Proof, encoded: str) -> Account | Refusal | Stale:
        """By somebody who has just proven the old one, which is still the one that is stored."""
        account = self.confirm(work, proof)
        return self._set(work, account, encoded, "change", account.actor) if isinstance(account, Account) else account

    def set(self, work: Work, user_id: str, encoded: str, *, how: How, by: Actor | None = None) -> Account | Refusal:
        """After a link was used. A suspended or deleted account gets none: the way back in is another one."""
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        if account.status in ("BANNED", "DELETED"):
            return AccountInactive()
        return self._set(work, account, encoded, how, by or account.actor)

    async def temporary(self) -> Temporary:
        """A fresh one, 80 bits of chance in letters that are easily read; hashed for nobody as well."""
        text = b32encode(self.entropy.bytes(10)).decode().lower()
        password = Secret("-".join(text[each : each + 4] for each in range(0, 16, 4)))
        return Temporary(password, await self.hasher.hash(password))

    def lend(self, work: Work, user_id: str, encoded: str, *, by: Actor) -> Account | Refusal:
        """Beside the password that is there, so that a stranger's request does not take it away from its owner.

        For a name nobody has, or somebody who may have none, the same is written to no row."""
        account = store.locked(work, user_id)
        may = account is not None and account.status not in ("BANNED", "DELETED")
        store.write(work, user_id if may else "", {"temporary": encoded, "temporary_until": work.now + TEMPORARY_LASTS})
        if account is None:
            return UserMissing()
        if not may:
            return AccountInactive()
        work.publish(PASSWORD_LENT.by(by, work.now, resource_id=user_id, target=user_id))
        return account

    def take_back(self, work: Work, user_id: str) -> None:
        """A lent password works once."""
        store.write(work, user_id, NOT_LENT)

    def _set(self, work: Work, account: Account, encoded: str, how: How, by: Actor) -> Account:
        values: dict[str, Any] = {"password": encoded, "password_changed_at": work.now}
        store.write(work, account.id, {**values, **NOT_LENT})
        self.links.end_with(work, account.id, "password_changed" if how == "change" else "password_reset")
        work.publish(PASSWORD_CHANGED.by(by, work.now, resource_id=account.id, target=account.id, how=how))
        return account
