"""People: joining, proving a password, being let in."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from daemun.core.actor import NOBODY, Actor
from daemun.core.address import counted, neighbourhood
from daemun.core.canonical import email_key, handle_key
from daemun.core.errors import Malformed, Refusal, Unavailable
from daemun.core.ratelimit import Bound, Limit
from daemun.core.secret import Secret
from daemun.features.identity import store
from daemun.features.identity.accounts import Credentials, Mailbox, Moved, Profile, Standing
from daemun.features.identity.directory import Directory
from daemun.features.identity.errors import (
    AccountInactive,
    AccountLocked,
    EmailTaken,
    HandleTaken,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from daemun.features.identity.events import LOGIN_FAILED, LOGIN_LIMITED, SIGNED_UP, UNLOCKED
from daemun.features.identity.gone import GoneHandles
from daemun.features.identity.links import Links
from daemun.features.identity.models import Attempt, Limited, Newcomer, Proof, Stale, User
from daemun.features.identity.names import flaws_of_given, is_reserved
from daemun.features.identity.passwords import PasswordPolicy, judge
from daemun.features.identity.settings import IdentitySettings
from daemun.features.identity.states import MoveName
from daemun.ports.attempts import Attempts, Blocked, Reserved
from daemun.ports.database import Hot, Transaction, Work
from daemun.ports.hasher import Hasher
from daemun.ports.system import Entropy
from daemun.web.visit import Visit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# Consecutive failures do not age: the log of a streak is kept until a success or an administrator clears it.
FOR_EVER = timedelta(days=3650)
# Of names nobody has it is kept for a month: whoever makes up names must not fill the table for years.
A_MONTH = timedelta(days=30)
LONGEST_WAIT = 24 * 60 * 60
NEIGHBOURS = 10
"""Households of one IPv6 /48 that may fail as often as one address at the same time."""


@dataclass(frozen=True, slots=True)
class Identity:
    hasher: Hasher
    attempts: Attempts
    rules: IdentitySettings
    policy: PasswordPolicy
    listed: Callable[[str], bool]
    index_key: bytes
    """Keyed, so that a stolen table of counters does not tell which names were tried."""
    gone: GoneHandles
    links: Links
    standing: Standing
    credentials: Credentials
    mailbox: Mailbox
    profile: Profile
    directory: Directory

    @classmethod
    def of(
        cls,
        hasher: Hasher,
        attempts: Attempts,
        rules: IdentitySettings,
        policy: PasswordPolicy,
        listed: Callable[[str], bool],
        *,
        index_key: bytes,
        link_key: bytes,
        entropy: Entropy,
    ) -> Self:
        links, gone = Links.of(link_key, entropy), GoneHandles.of(index_key)
        return cls(
            hasher,
            attempts,
            rules,
            policy,
            listed,
            index_key,
            gone,
            links,
            Standing(rules, links, gone),
            Credentials(hasher, policy, listed, entropy, links),
            Mailbox(links),
            Profile(),
            Directory(rules),
        )

    # Joining

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
        bound = Bound(f"signup:{counted(visit.circumstance.address)}", Limit(self.rules.signups_per_address, HOUR))
        if isinstance(answer := await self.attempts.reserve([bound]), Blocked):
            raise TooManyAttempts(retry_after=answer.retry_after)

    def refuse_taken(self, tx: Transaction, newcomer: Newcomer) -> None:
        """Asked before the slow hashing, and again by the unique keys when the user is written."""
        handle, email = store.taken(tx, handle_key(newcomer.handle), email_key(newcomer.email))
        if handle or is_reserved(handle_key(newcomer.handle)) or self.gone.had(tx, newcomer.handle):
            raise HandleTaken
        if email or self.links.holds(tx, newcomer.email):
            raise EmailTaken

    async def encode(self, password: Secret) -> str:
        return await self.hasher.hash(password)

    def join(self, work: Work, newcomer: Newcomer, encoded: str, *, by: Actor | None = None, role: str) -> User:
        """The new user. Raises `HandleTaken` or `EmailTaken`, also when another sign-up was a moment faster."""
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

    # Becoming something else

    def move(
        self,
        work: Work,
        user_id: str,
        name: MoveName,
        *,
        by: Actor,
        reason: str = "",
        until: datetime | None = None,
        protected: bool = False,
    ) -> Moved | Refusal:
        """Locks the row, decides on it, writes and publishes. Post the letter and end the sessions, as the answer says."""
        return self.standing.move(work, user_id, name, by=by, reason=reason, until=until, protected=protected)

    async def count_recovery(self, visit: Visit, login: str) -> bool:
        """Whether one more letter may go to this account; a name nobody has is counted alike. Raises when an address asks too often."""
        rules, place = self.rules, counted(visit.circumstance.address)
        by_place = Bound(f"recovery:place:{place}", Limit(rules.recoveries_per_address, HOUR))
        if isinstance(answer := await self.attempts.reserve([by_place]), Blocked):
            raise TooManyAttempts(retry_after=answer.retry_after)
        found = await visit.read(store.by_login, handle_key(login), email_key(login))
        subject = self._subject(found[0] if found else None, login.strip())
        account = Bound(f"recovery:{subject}", Limit(rules.recoveries_per_account, HOUR))
        return isinstance(await self.attempts.reserve([account]), Reserved)

    # Proving

    async def prove(self, visit: Visit, attempt: Attempt) -> Proof | Limited:
        """Reserves the attempt, then hashes; verified even for nobody, so that timing does not tell which logins exist."""
        login = attempt.login.strip()
        found = await visit.read(store.by_login, handle_key(login), email_key(login))
        user_id, stored = found or (None, None)
        reserved = await self._reserve(self._subject(user_id, login), visit.circumstance.address)
        if isinstance(reserved, Blocked):
            return await self._limited(user_id, reserved)
        try:
            verdict = await self.hasher.verify(attempt.password, stored)
        except Unavailable:
            # Nothing was learnt and nobody failed: a storm of logins must not lock out those who are in it.
            await self.attempts.forgive(reserved)
            raise
        proof = Proof(user_id, verdict.matches, stored, verdict.upgrade)
        return proof if proof.failed else await self._forgiven(proof, reserved)

    async def _forgiven(self, proof: Proof, reserved: Reserved) -> Proof:
        clear = [each for each in reserved.keys if each.startswith(("login:", "streak:"))]
        if (forgive := self.attempts.forgiving(reserved, clear=clear)) is None:
            await self.attempts.forgive(reserved, clear=clear)
        return replace(proof, forgive=forgive)

    def _subject(self, user_id: str | None, login: str) -> str:
        """One account is one counter, by whichever of its names it is called; a name nobody has counts just the same."""
        if user_id:
            return f"user:{user_id}"
        # The same spellings that would find an account share its counter: else another spelling tells which accounts exist.
        canonical = email_key(login) if "@" in login else handle_key(login)
        return f"name:{hmac.digest(self.index_key, canonical.encode(), 'sha256').hex()[:32]}"

    async def _limited(self, user_id: str | None, blocked: Blocked) -> Limited:
        once = Bound(f"told:{blocked.key}", Limit(1, self.rules.login_window))
        is_news = isinstance(await self.attempts.reserve([once]), Reserved)
        return Limited(user_id, min(blocked.retry_after, LONGEST_WAIT), blocked.key.startswith("streak:"), is_news)

    async def _reserve(self, subject: str, address: str) -> Reserved | Blocked:
        rules, place = self.rules, counted(address)
        wider = neighbourhood(address)
        return await self.attempts.reserve(
            [
                *([Bound(f"place:{wider}", Limit(NEIGHBOURS * rules.failures_an_address, MINUTE))] if wider else []),
                Bound(f"streak:{subject}", Limit(rules.login_streak, FOR_EVER if subject.startswith("user:") else A_MONTH)),
                Bound(f"login:{subject}", Limit(rules.login_attempts, rules.login_window)),
                Bound(f"place:{place}:{subject}", Limit(rules.address_account_attempts, MINUTE)),
                Bound(f"place:{place}", Limit(rules.failures_an_address, MINUTE)),
            ]
        )

    def too_many(self, limited: Limited) -> Refusal:
        kind = AccountLocked if limited.locked else TooManyAttempts
        return kind(retry_after=limited.retry_after)

    def limit(self, work: Work, limited: Limited) -> Refusal:
        """The refusal, and the mark it leaves: once in a window."""
        reason = "locked" if limited.locked else "limited"
        self._mark(work, limited.user_id, reason)
        work.publish(
            LOGIN_LIMITED.by(
                NOBODY, work.now, resource_id=limited.user_id, target=limited.user_id, reason=reason, retry_after=limited.retry_after
            )
        )
        return self.too_many(limited)

    def refuse(self, work: Work, proof: Proof, reason: str = "wrong") -> Refusal:
        """Returned and not raised: raising would undo the mark it leaves."""
        self._mark(work, proof.user_id, reason)
        work.publish(LOGIN_FAILED.by(NOBODY, work.now, resource_id=proof.user_id, target=proof.user_id, reason=reason))
        return AccountInactive() if reason == "inactive" else WrongCredentials()

    def admit(self, work: Work, proof: Proof) -> User | Refusal | Stale:
        """Still the same password, still NORMAL: both may have changed while the hash was computed."""
        held = store.held(work, proof.user_id or "")
        if proof.forgive:  # after the user is locked: two logins of one person then never wait for each other's counts
            proof.forgive(work)
        if held is None:
            return self.refuse(work, proof)
        if held[1] != proof.stored:
            return Stale()
        user = held[0]
        if not user.is_active:
            return self.refuse(work, proof, "inactive")
        store.came_in(work, user.id, upgrade=proof.upgrade)
        self._mark(work, user.id, None)
        return user

    def _mark(self, work: Work, user_id: str | None, reason: str | None) -> None:
        """Kept for nobody too: the unknown name does the same writes."""
        store.remember_login(work, user_id or "", success=reason is None, reason=reason)

    # Being known

    PERSON: ClassVar[Hot] = store.PERSON_BY_ID
    """Asks for `user_id`; `person_of` reads the answer."""

    def person_of(self, found: tuple[Any, ...] | None) -> User | None:
        return store.person_of(found)

    def user(self, tx: Transaction, user_id: str) -> User | None:
        return store.by_id(tx, user_id)

    def active_among(self, tx: Transaction, user_ids: Sequence[str]) -> int:
        """How many of these users are NORMAL."""
        return store.active_among(tx, user_ids)

    def find(self, tx: Transaction, login: str) -> User | None:
        found = store.by_login(tx, handle_key(login), email_key(login))
        return store.by_id(tx, found[0]) if found else None

    async def unlock(self, visit: Visit, user: User, *, by: Actor) -> None:
        """Empties what strangers have filled: the account opens again at once."""
        keys = tuple(f"{each}:user:{user.id}" for each in ("streak", "login"))
        await self.attempts.forgive(Reserved("", ()), clear=keys)

        def story(work: Work) -> None:
            work.publish(UNLOCKED.by(by, work.now, resource_id=user.id, target=user.id, reason="admin"))

        await visit.work(story)
