"""How somebody becomes a member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daemun.core.actor import Actor
from daemun.core.canonical import email_key, handle_key
from daemun.core.errors import Malformed
from daemun.core.secret import Secret
from daemun.features.identity import counters, store
from daemun.features.identity.errors import EmailTaken, HandleTaken, TooManyAttempts, WeakPassword
from daemun.features.identity.events import SIGNED_UP
from daemun.features.identity.gone import GoneHandles
from daemun.features.identity.links import Links
from daemun.features.identity.models import Newcomer, User
from daemun.features.identity.names import flaws_of_given, is_reserved
from daemun.features.identity.passwords import PasswordPolicy, judge
from daemun.features.identity.settings import IdentitySettings
from daemun.ports.attempts import Attempts, Blocked, Reserved
from daemun.ports.database import Transaction, Work
from daemun.ports.hasher import Hasher
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Joining:
    hasher: Hasher
    attempts: Attempts
    rules: IdentitySettings
    policy: PasswordPolicy
    listed: Callable[[str], bool]
    index_key: bytes
    """Keyed, so that a stolen table of counters does not tell which names were tried."""
    gone: GoneHandles
    links: Links

    def judge(self, newcomer: Newcomer) -> None:
        """Raises `WeakPassword` with every reason at once."""
        names = (newcomer.handle, newcomer.email, newcomer.name)
        if flaws := judge(newcomer.password.reveal(), self.policy, names=names, listed=self.listed):
            raise WeakPassword(*flaws)

    def well_formed(self, newcomer: Newcomer) -> None:
        """For people written down by somebody else, where no form has looked at them. Raises `Malformed`."""
        if flaws := tuple(flaws_of_given(newcomer.handle, newcomer.email, newcomer.name)):
            raise Malformed(*flaws)

    async def count_signup(self, visit: Visit) -> None:
        """Raises `TooManyAttempts` when this address makes accounts faster than people do."""
        if isinstance(answer := await self.attempts.reserve(counters.signup(self.rules, visit.circumstance.address)), Blocked):
            raise TooManyAttempts(retry_after=answer.retry_after)

    async def may_write_to(self, email: str) -> bool:
        """Whether one more letter about signing up may go to this address: a mailbox is not flooded by those who type it in."""
        return isinstance(await self.attempts.reserve([counters.signup_letter(self.rules, email, self.index_key)]), Reserved)

    def refuse_taken(self, tx: Transaction, newcomer: Newcomer) -> None:
        """Asked before the slow hashing, and again by the unique keys when the user is written."""
        handle, email = store.taken(tx, handle_key(newcomer.handle), email_key(newcomer.email))
        if handle or is_reserved(handle_key(newcomer.handle)) or self.gone.had(tx, newcomer.handle):
            raise HandleTaken
        if email or self.links.holds(tx, newcomer.email):
            raise EmailTaken

    async def encode(self, password: Secret) -> str:
        return await self.hasher.hash(password)

    def join(self, work: Work, newcomer: Newcomer, encoded: str | None, *, by: Actor | None = None, role: str) -> User:
        """The new user; without a password, one who is invited to choose it.

        Raises `HandleTaken` or `EmailTaken`, also when another sign-up was a moment faster.
        """
        work.lock(f"email:{email_key(newcomer.email)}")  # an address that changes hands at this moment goes to one of them
        user = User(work.new_id(), newcomer.handle, newcomer.email, newcomer.name, "NORMAL", False, work.now, None)  # noqa: FBT003 - dataclass field
        if not store.add(work, user, handle_key=handle_key(user.handle), email_key=email_key(user.email), password=encoded):
            self.refuse_taken(work, newcomer)
            raise HandleTaken  # taken and given back within this very transaction's view: cannot be told apart, and is taken
        # Looked at after the writing, which has waited for whoever is being erased or readdressed at this moment.
        if self.gone.had(work, user.handle):
            raise HandleTaken
        if self.links.holds(work, user.email):
            raise EmailTaken
        work.publish(SIGNED_UP.by(by or user.actor, work.now, resource_id=user.id, target=user.id, handle=user.handle, role=role))
        return user
