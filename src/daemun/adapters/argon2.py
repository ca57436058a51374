"""Argon2id in a bounded pool of threads.

ASVS 5.0 11.4.2 and appendix C (m = 19 MiB at t = 2, p = 1); NIST SP 800-63B-4 3.1.1.2 (salted, slow, a keyed step with its key elsewhere).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from time import perf_counter
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from daemun.adapters import foreign
from daemun.adapters.argon2id import Cost
from daemun.core.errors import Unavailable
from daemun.core.measures import HASHING, HASHING_REFUSED, HASHING_WAIT
from daemun.core.meter import Meter
from daemun.core.secret import Secret
from daemun.ports.hasher import Verdict
from daemun.ports.system import Entropy

T = TypeVar("T")
SALT_BYTES = 16
SHORTEST_PEPPER = 32
PASSES, MEMORY_KIB, LANES, LENGTH = 2, 19_456, 1, 32
COST = Cost(PASSES, MEMORY_KIB, LANES)
ARGON2 = PasswordHasher(PASSES, MEMORY_KIB, LANES, LENGTH, SALT_BYTES)
"""Says whether a hash has these parameters. It is made and compared by `argon2id`, which takes a fifth less time."""
MARK = "pepper="
LONGEST = 4 * 256
"""Nothing longer was ever set: policies end at 256 characters, and none of them is composed of more than four. NFC takes time with
the square of a run of combining marks, and holds the interpreter all the while: 24 ms for 4,096 of them, 1.4 ms for so many."""
NOTHING = Secret("")


class Pepper:
    """A key that is not in the database. Its id, stored with each hash, tells nothing of it."""

    __slots__ = ("_key", "id")

    def __init__(self, key: Secret) -> None:
        if len(key) < SHORTEST_PEPPER:
            raise ValueError(f"a pepper has at least {SHORTEST_PEPPER} characters")
        self._key = key.reveal().encode()
        self.id: Final = hmac.new(self._key, b"daemun pepper id", hashlib.sha256).hexdigest()[:8]

    def mixed(self, password: bytes) -> bytes:
        return hmac.new(self._key, password, hashlib.sha256).digest()


class Argon2Pool:
    """A hash takes 14 ms and 19 MiB in one thread, whatever the load: `threads` of them at once, `queue` waiting, the rest refused.

    `retired` peppers still verify, as do hashes without any and those of other systems; all are upgraded to the current one. A hash that
    cannot be checked, because its pepper is gone or nothing here reads it, never matches (fails closed) and is counted in `unreadable`.
    """

    def __init__(
        self,
        *,
        threads: int,
        queue: int,
        entropy: Entropy,
        pepper: Secret | None = None,
        retired: Sequence[Secret] = (),
        meter: Meter | None = None,
    ) -> None:
        self._executor: Final = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._slots: Final = BoundedSemaphore(threads + queue)
        self._entropy: Final = entropy
        self._meter: Final = meter or Meter()
        self._pepper: Final = Pepper(pepper) if pepper else None
        self._peppers: Final = {each.id: each for each in (*map(Pepper, retired), *([self._pepper] if self._pepper else []))}
        self.unreadable = 0
        self.nobody: Final = self._encode(entropy.bytes(32))
        """What is verified when there is nobody: as dear as any other, so that timing does not tell which logins exist."""

    async def hash(self, password: Secret) -> str:
        if len(password) > LONGEST:
            raise ValueError(f"a password has at most {LONGEST} characters: it would never match")
        return await self._run(lambda: self._encode(_whole(password)))

    async def verify(self, password: Secret, encoded: str | None) -> Verdict:
        if len(password) > LONGEST:
            password, encoded = NOTHING, None  # nobody's: as dear as any other
        return await self._run(lambda: self._check(password, encoded))

    def close(self) -> None:
        """Takes nothing more, and finishes what is queued."""
        self._executor.shutdown(wait=True)

    async def _run(self, job: Callable[[], T]) -> T:
        if not self._slots.acquire(blocking=False):
            self._meter.add(HASHING_REFUSED)
            raise Unavailable
        asked, begun = perf_counter(), []

        def doing() -> T:
            begun.append(perf_counter())
            return job()

        self._meter.add(HASHING)
        try:
            return await asyncio.wrap_future(self._submit(doing))
        finally:
            self._meter.add(HASHING, by=-1)
            self._meter.observe(HASHING_WAIT, (begun[0] if begun else perf_counter()) - asked)

    def _submit(self, job: Callable[[], T]) -> Future[T]:
        try:
            future = self._executor.submit(job)
        except RuntimeError:  # closed
            self._slots.release()
            raise Unavailable from None
        # Also when the caller went away: a job not begun is cancelled and gives its place back at once, one begun when it ends.
        future.add_done_callback(lambda _: self._slots.release())
        return future

    def _encode(self, password: bytes) -> str:
        secret = self._pepper.mixed(password) if self._pepper else password
        mark = f"{MARK}{self._pepper.id}" if self._pepper else ""
        return mark + COST.encoded(secret, self._entropy.bytes(SALT_BYTES), LENGTH)

    def _check(self, password: Secret, encoded: str | None) -> Verdict:
        whole = _whole(password)
        if encoded is None or (check := self._reading(encoded)) is None:
            self.unreadable += encoded is not None
            self._spend(whole)  # an account that cannot be checked answers as slowly as the others
            return Verdict(matches=False)
        if self._passes(check, whole):
            return Verdict(matches=True, upgrade=self._encode(whole) if self._is_outdated(encoded) else None)
        if encoded.startswith(MARK) or not self._is_outdated(encoded):
            return Verdict(matches=False)
        return self._check_as_typed(check, password, whole)

    def _check_as_typed(self, check: foreign.Check, password: Secret, whole: bytes) -> Verdict:
        # Few systems normalise: what a Mac typed decomposed was hashed decomposed. The upgrade is made of the normal form.
        typed = _encoded(password.reveal())
        if typed != whole and self._passes(check, typed):
            return Verdict(matches=True, upgrade=self._encode(whole))
        self._spend(whole)  # an upgrade costs as much: a cheap hash answers neither faster than ours nor faster when it is wrong
        return Verdict(matches=False)

    def _reading(self, encoded: str) -> foreign.Check | None:
        pepper_id, hashed = _parts(encoded)
        check = foreign.read(hashed)
        if check is None or not encoded.startswith(MARK):
            return check
        pepper = self._peppers.get(pepper_id)
        return (lambda password: check(pepper.mixed(password))) if pepper else None

    def _passes(self, check: foreign.Check, password: bytes) -> bool:
        try:
            return check(password)
        except (MemoryError, ValueError, VerificationError):  # no memory left for it: closed, and counted
            self.unreadable += 1
            return False

    def _spend(self, password: bytes) -> None:
        if check := self._reading(self.nobody):
            self._passes(check, password)

    def _is_outdated(self, encoded: str) -> bool:
        pepper_id, hashed = _parts(encoded)
        return (
            pepper_id != (self._pepper.id if self._pepper else "") or not hashed.startswith("$argon2") or ARGON2.check_needs_rehash(hashed)
        )


def _whole(password: Secret) -> bytes:
    """All of it, NFC."""
    return _encoded(unicodedata.normalize("NFC", password.reveal()))


def _encoded(text: str) -> bytes:
    """Half a surrogate pair, which JSON can carry, is a wrong password and not a crash."""
    return text.encode("utf-8", "surrogatepass")


def _parts(encoded: str) -> tuple[str, str]:
    """The id of its pepper, or nothing; and the encoding without it."""
    if not encoded.startswith(MARK):
        return "", encoded
    pepper_id, _, rest = encoded.removeprefix(MARK).partition("$")
    return pepper_id, f"${rest}"
