"""People: joining, proving a password, being let in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self

from daemun.core.actor import NOBODY, SYSTEM, Actor
from daemun.core.canonical import email_key, handle_key
from daemun.core.errors import Refusal, Unavailable
from daemun.core.ratelimit import Allowance, Bound, Limit
from daemun.core.secret import Secret
from daemun.features.identity import counters, store
from daemun.features.identity.accounts import Credentials, Mailbox, Moved, Profile, Standing
from daemun.features.identity.accounts.store import temporary_of
from daemun.features.identity.directory import Directory
from daemun.features.identity.errors import (
    AccountInactive,
    AccountLocked,
    Asleep,
    EmailUnverified,
    Suspended,
    TooManyAttempts,
    WrongCredentials,
)
from daemun.features.identity.events import LOGIN_FAILED, LOGIN_LIMITED, UNLOCKED
from daemun.features.identity.gone import GoneHandles
from daemun.features.identity.joining import Joining
from daemun.features.identity.links import Links
from daemun.features.identity.models import Attempt, Entered, Found, Limited, Proof, Stale, User
from daemun.features.identity.passwords import PasswordPolicy
from daemun.features.identity.seen import client_mark, has_come, noted
from daemun.features.identity.settings import IdentitySettings
from daemun.features.identity.settling import Settling
from daemun.features.identity.states import MoveName, is_served
from daemun.ports.attempts import Attempts, Blocked, Reserved
from daemun.ports.database import Hot, Transaction, Work
from daemun.ports.hasher import Hasher
from daemun.ports.system import Entropy
from daemun.web.visit import Visit

LONGEST_WAIT = 24 * 60 * 60
Knows = Callable[[Transaction, str], bool]
"""Whether a device is one of this user's. Asked of nobody, too."""


@dataclass(frozen=True, slots=True)
class Identity(Joining):
    standing: Standing
    credentials: Credentials
    mailbox: Mailbox
    profile: Profile
    directory: Directory
    settling: Settling

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
            Settling(gone),
        )

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
        by_place = counters.recovery_from(self.rules, visit.circumstance.address)
        if isinstance(answer := await self.attempts.reserve(by_place), Blocked):
            raise TooManyAttempts(retry_after=answer.retry_after)
        found = await visit.read(self._found, login.strip(), None)
        by_account = counters.recovery_of(self.rules, counters.subject_of(found.user_id, login.strip(), self.index_key))
        return isinstance(await self.attempts.reserve([by_account]), Reserved)

    async def count_help(self, by: Actor, user_id: str) -> None:
        """One more letter that an administrator starts. Strangers who ask count elsewhere. Raises when it is too many."""
        if isinstance(answer := await self.attempts.reserve([counters.help_of(self.rules, str(by), user_id)]), Blocked):
            raise TooManyAttempts(retry_after=answer.retry_after)

    # Proving

    async def prove(self, visit: Visit, attempt: Attempt, knows: Knows | None = None, *, device: str = "") -> Proof | Limited:
        """Reserves the attempt, then hashes; verified even for nobody, so that timing does not tell which logins exist.

        `knows` says whether the device that was verified for this request is one of the account's: it has a budget of its own.
        """
        login = attempt.login.strip()
        found = await visit.read(self._found, login, knows)
        subject = counters.subject_of(found.user_id, login, self.index_key)
        reserved = await self.attempts.reserve(
            counters.acquaintance(self.rules, subject, device, self.index_key)
            if found.device_known
            else counters.strangers(self.rules, subject, visit.circumstance.address)
        )
        if isinstance(reserved, Blocked):
            return await self._limited(found.user_id, subject, reserved)
        try:
            proof = await self._compared(attempt.password, found)
        except Unavailable:
            # Nothing was learnt and nobody failed: a storm of logins must not lock out those who are in it.
            await self.attempts.forgive(reserved)
            raise
        return proof if proof.failed else await self._forgiven(proof, reserved, subject)

    def _found(self, tx: Transaction, login: str, knows: Knows | None) -> Found:
        """Whose login it is. Of a name nobody has the same is asked."""
        found = store.by_login(tx, handle_key(login), email_key(login))
        user_id, stored = found or (None, None)
        known = knows is not None and knows(tx, user_id or "")
        lent = temporary_of(tx, user_id or "") if self.rules.recovery == "temporary" else None
        return Found(user_id, stored, lent, device_known=known and user_id is not None)

    async def _compared(self, password: Secret, found: Found) -> Proof:
        verdict = await self.hasher.verify(password, found.stored)
        proof = Proof(found.user_id, verdict.matches, found.stored, verdict.upgrade, device_known=found.device_known)
        if self.rules.recovery == "link" or not proof.failed:
            return proof
        # Where passwords are lent, a wrong one is compared twice for everybody: else the time tells to whom one is lent.
        verdict = await self.hasher.verify(password, found.lent)
        return replace(proof, matched=verdict.matches, stored=found.lent, upgrade=None, temporary=True) if verdict.matches else proof

    async def _forgiven(self, proof: Proof, reserved: Reserved, subject: str) -> Proof:
        clear = counters.cleared_by_success(subject, reserved.keys)
        if (forgive := self.attempts.forgiving(reserved, clear=clear)) is None:
            await self.attempts.forgive(reserved, clear=clear)
        return replace(proof, forgive=forgive)

    async def _limited(self, user_id: str | None, subject: str, blocked: Blocked) -> Limited:
        once = Bound(f"told:{blocked.key}", Limit(1, self.rules.login_window))
        is_news, by = isinstance(await self.attempts.reserve([once]), Reserved), counters.kind_of(blocked.key)
        # Counted for a name nobody has as well.
        warns = is_news and by == "account" and isinstance(await self.attempts.reserve([counters.warning(subject)]), Reserved)
        wait, locked = min(blocked.retry_after, LONGEST_WAIT), blocked.key.startswith("streak:")
        return Limited(user_id, wait, locked, is_news, by == "account" and user_id is not None, by, warns)

    def too_many(self, limited: Limited) -> Refusal:
        refusal = (AccountLocked if limited.locked else TooManyAttempts)(retry_after=limited.retry_after)
        refusal.allowances = self.allowances(limited)
        return refusal

    def allowances(self, limited: Limited | None = None) -> tuple[Allowance, ...]:
        """The limits of a login, and which of them is used up: of every name alike. How much is left of one that is not, nobody is told:
        a success empties it, and would show who exists."""
        spent, wait = (limited.by, limited.retry_after) if limited else (None, None)
        return counters.allowances(self.rules, spent, wait)

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

    def admit(self, work: Work, proof: Proof, *, wakes: bool = False) -> Entered | Refusal | Stale:
        """Still the same password, still NORMAL: both may have changed while the hash was computed. A suspension that is over ends here.

        `wakes`: a sleeping account may wake by this login, because the device is known or a code has come by mail. One that comes from
        where the account has come from before may, too.
        """
        held = store.held(work, proof.user_id or "")
        if proof.forgive:  # after the user is locked: two logins of one person then never wait for each other's counts
            proof.forgive(work)
        if held is None or proof.failed or proof.temporary:
            return self.refuse(work, proof)
        if held.stored != proof.stored:
            return Stale()
        mark = client_mark(self.gone.key, work.circumstance.agent, work.circumstance.address)
        may_wake = self.rules.sleep_wake == "login" and (wakes or has_come(held.seen, mark))
        if refusal := self._barred(work, proof, held.user, may_wake=may_wake):
            return refusal
        woke = held.user.status == "SLEEP" and isinstance(self.move(work, held.user.id, "wake", by=held.user.actor), Moved)
        lifted = held.user.status == "BANNED" and isinstance(self.move(work, held.user.id, "lift", by=SYSTEM), Moved)
        seen, is_new = noted(held.seen, mark)
        store.came_in(work, held.user.id, upgrade=proof.upgrade, seen=seen)
        self._mark(work, held.user.id, None)
        return held.user.entered(new_client=is_new, woke=woke, lifted=lifted)

    def redeem(self, work: Work, proof: Proof) -> User | Refusal | Stale:
        """Uses up a temporary password. It opens no session: whoever asks gives a link to choose a new one."""
        held = store.held(work, proof.user_id or "")
        if proof.forgive:
            proof.forgive(work)
        if held is None or proof.failed or not proof.temporary:
            return self.refuse(work, proof)
        if temporary_of(work, held.user.id) != proof.stored:
            return Stale()
        if held.user.status in ("BANNED", "DELETED"):
            return self.refuse(work, proof, "inactive")
        self.credentials.take_back(work, held.user.id)
        return held.user

    def _barred(self, work: Work, proof: Proof, user: User, *, may_wake: bool) -> Refusal | None:
        """Why somebody with the right password is not let in: no failure, and told only to them."""
        account = self.directory.account(work, user.id) if user.status == "BANNED" else None
        opens = may_wake if user.status == "SLEEP" else account is not None and is_served(account.status_until, work.now)
        if not user.is_active and not opens:
            refusal = self.refuse(work, proof, "inactive")
            if account is not None:
                return Suspended(account.status_reason, account.status_until)
            return Asleep(user) if user.status == "SLEEP" else refusal
        if self.rules.require_verified and not user.email_verified:
            self.refuse(work, proof, "unverified")
            return EmailUnverified(user)
        return None

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
        """Empties what strangers have filled: the account opens again at once. By its owner, after a link was used, too."""
        await self.forgive_strangers(user.id)
        await visit.work(self.unlocked, user.id, by=by)

    async def forgive_strangers(self, user_id: str) -> None:
        """Empties what strangers have filled, and says nothing of it."""
        keys = tuple(f"{each}:user:{user_id}" for each in ("streak", "login"))
        await self.attempts.forgive(Reserved("", ()), clear=keys)

    def unlocked(self, work: Work, user_id: str, *, by: Actor) -> None:
        reason = "owner" if by.id == user_id else "admin"
        work.publish(UNLOCKED.by(by, work.now, resource_id=user_id, target=user_id, reason=reason))
