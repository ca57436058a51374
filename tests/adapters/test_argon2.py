"""ASVS 5.0 11.4.2 and appendix C; NIST SP 800-63B-4 3.1.1.2."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

import pytest
from argon2 import PasswordHasher, extract_parameters

from daemun.adapters.argon2 import LONGEST, Argon2Pool
from daemun.adapters.system import SystemEntropy
from daemun.core.errors import Unavailable
from daemun.core.secret import Secret
from daemun.ports.hasher import Hasher

PASSWORD = Secret("Maru-Bada-72!")
PEPPER, OLDER = Secret("p" * 32), Secret("o" * 32)


class HeldEntropy:
    """Chance that keeps a hash waiting until it is let go: a pool that is busy, for as long as a test needs."""

    def __init__(self) -> None:
        self.free = Event()
        self.free.set()

    def bytes(self, count: int) -> bytes:
        assert self.free.wait(60)
        return SystemEntropy().bytes(count)


@asynccontextmanager
async def a_pool(
    *, threads: int = 2, queue: int = 8, pepper: Secret | None = None, retired: tuple[Secret, ...] = (), entropy: HeldEntropy | None = None
) -> AsyncIterator[Argon2Pool]:
    pool = Argon2Pool(threads=threads, queue=queue, entropy=entropy or SystemEntropy(), pepper=pepper, retired=retired)
    try:
        yield pool
    finally:
        pool.close()


def hashed(password: Secret, *, pepper: Secret | None = None) -> str:
    async def story() -> str:
        async with a_pool(pepper=pepper) as pool:
            return await pool.hash(password)

    return asyncio.run(story())


def test_a_password_matches_its_own_hash_and_no_other() -> None:
    async def story() -> None:
        async with a_pool() as pool:
            hasher: Hasher = pool
            encoded = await hasher.hash(PASSWORD)
            assert (await hasher.verify(PASSWORD, encoded)).matches
            assert (await hasher.verify(PASSWORD, encoded)).upgrade is None
            assert not (await hasher.verify(Secret("Maru-Bada-73!"), encoded)).matches

    asyncio.run(story())


def test_a_hash_costs_what_asvs_approves_and_has_a_salt_of_its_own() -> None:
    """ASVS 5.0 appendix C: m >= 19456 KiB at t = 2, p = 1. NIST 800-63B-4 3.1.1.2: salt of at least 32 bits. Clauses 8, 61."""
    one, other = hashed(PASSWORD), hashed(PASSWORD)
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert extract_parameters(one).salt_len == 16
    assert one.split("$")[4] != other.split("$")[4]


def test_nobody_costs_the_same_and_never_matches() -> None:
    """Clause 26."""

    async def story() -> None:
        async with a_pool() as pool:
            assert extract_parameters(pool.nobody) == extract_parameters(await pool.hash(PASSWORD))
            for password in ("", PASSWORD.reveal(), pool.nobody):
                verdict = await pool.verify(Secret(password), None)
                assert (verdict.matches, verdict.upgrade) == (False, None)

    asyncio.run(story())


def test_nothing_is_cut_off_a_long_password() -> None:
    """NIST 800-63B-4 3.1.1.2: the whole password is verified. 73 bytes are one more than bcrypt reads. Clause 5."""

    async def story() -> None:
        async with a_pool() as pool:
            for length in (73, 256, LONGEST):
                encoded = await pool.hash(Secret("a" * (length - 1) + "b"))
                assert (await pool.verify(Secret("a" * (length - 1) + "b"), encoded)).matches
                assert not (await pool.verify(Secret("a" * (length - 1) + "c"), encoded)).matches

    asyncio.run(story())


def test_what_is_longer_than_any_password_is_not_normalised() -> None:
    """NFC of it would hold the interpreter for 24 ms. It would match here, as nothing does that a policy lets be set."""

    async def story() -> None:
        async with a_pool() as pool:
            composed = "ǖ" * 400
            decomposed = unicodedata.normalize("NFD", composed)
            assert len(decomposed) > LONGEST
            assert not (await pool.verify(Secret(decomposed), await pool.hash(Secret(composed)))).matches
            with pytest.raises(ValueError, match="never match"):
                await pool.hash(Secret(decomposed))

    asyncio.run(story())


def test_what_is_longer_than_any_password_is_verified_against_nobody() -> None:
    """Also for an account whose hash is empty, unreadable or cheap: nothing is told by the time it takes."""

    async def story() -> None:
        async with a_pool() as pool:
            for encoded in (None, "", await pool.hash(Secret(""))):
                verdict = await pool.verify(Secret("a" * (LONGEST + 1)), encoded)
                assert (verdict.matches, verdict.upgrade, pool.unreadable) == (False, None, 0)

    asyncio.run(story())


def test_a_password_matches_from_a_keyboard_that_sends_it_decomposed() -> None:
    """NIST 800-63B-4 3.1.1.2: NFC before hashing."""

    async def story() -> None:
        async with a_pool() as pool:
            encoded = await pool.hash(Secret("새벽 문지기 é"))
            assert (await pool.verify(Secret(unicodedata.normalize("NFD", "새벽 문지기 é")), encoded)).matches

    asyncio.run(story())


@pytest.mark.parametrize("text", ["", "\0", "a\0b", "\ud800", "가" * 10_000])
def test_odd_text_is_a_wrong_password_and_no_crash(text: str) -> None:
    async def story() -> None:
        async with a_pool(pepper=PEPPER) as pool:
            assert not (await pool.verify(Secret(text), await pool.hash(PASSWORD))).matches
            assert not (await pool.verify(Secret("a"), await pool.hash(Secret("a\0b")))).matches

    asyncio.run(story())


def test_a_cheaper_hash_still_matches_and_is_upgraded() -> None:
    async def story() -> None:
        cheap = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD.reveal())
        async with a_pool() as pool:
            verdict = await pool.verify(PASSWORD, cheap)
            assert verdict.matches
            assert verdict.upgrade is not None
            assert verdict.upgrade.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
            assert (await pool.verify(PASSWORD, verdict.upgrade)).upgrade is None
            assert (await pool.verify(Secret("wrong"), cheap)).upgrade is None

    asyncio.run(story())


def test_a_peppered_hash_is_worth_nothing_without_the_pepper() -> None:
    """NIST 800-63B-4 3.1.1.2: a keyed step, its key held elsewhere. Clause 8."""
    encoded = hashed(PASSWORD, pepper=PEPPER)
    bare = encoded[encoded.index("$") :]
    assert PEPPER.reveal() not in encoded

    async def story() -> None:
        async with a_pool() as without, a_pool(pepper=OLDER) as other, a_pool(pepper=PEPPER) as right:
            assert not (await without.verify(PASSWORD, encoded)).matches
            assert not (await without.verify(PASSWORD, bare)).matches
            assert not (await other.verify(PASSWORD, encoded)).matches
            assert (await right.verify(PASSWORD, encoded)).matches
            assert (without.unreadable, other.unreadable, right.unreadable) == (1, 1, 0)

    asyncio.run(story())


@pytest.mark.parametrize("before", [None, OLDER])
def test_a_hash_from_before_the_pepper_is_upgraded_to_it(before: Secret | None) -> None:
    old = hashed(PASSWORD, pepper=before)

    async def story() -> None:
        async with a_pool(pepper=PEPPER, retired=(OLDER,)) as pool:
            verdict = await pool.verify(PASSWORD, old)
            assert verdict.matches
            assert verdict.upgrade is not None
        async with a_pool(pepper=PEPPER) as later:
            assert (await later.verify(PASSWORD, verdict.upgrade)).upgrade is None
            assert (await later.verify(PASSWORD, verdict.upgrade)).matches

    asyncio.run(story())


def test_a_short_pepper_stops_the_start() -> None:
    with pytest.raises(ValueError, match="32"):
        Argon2Pool(threads=1, queue=1, entropy=SystemEntropy(), pepper=Secret("pepper"))


@pytest.mark.parametrize(
    "encoded", ["", "x", "pepper=", "$argon2id$", "$argon2id$v=19$m=1,t=1,p=1$!!$!!", "$2b$12$abcdefghijklmnopqrstuv", "한글"]
)
def test_a_hash_that_cannot_be_read_never_matches_and_is_counted(encoded: str) -> None:
    """Clause 63."""

    async def story() -> None:
        async with a_pool() as pool:
            assert not (await pool.verify(PASSWORD, encoded)).matches
            assert pool.unreadable == 1

    asyncio.run(story())


def test_a_full_queue_is_refused_at_once_and_recovers() -> None:
    async def story() -> None:
        entropy = HeldEntropy()
        async with a_pool(threads=1, queue=2, entropy=entropy) as pool:
            entropy.free.clear()
            waiting = [asyncio.create_task(pool.hash(PASSWORD)) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(Unavailable) as caught:
                await pool.hash(PASSWORD)
            assert caught.value.retry_after == 1
            entropy.free.set()
            assert len(set(await asyncio.gather(*waiting))) == 3
            assert await pool.hash(PASSWORD)

    asyncio.run(story())


def test_callers_who_leave_give_their_places_back() -> None:
    async def story() -> None:
        entropy = HeldEntropy()
        async with a_pool(threads=1, queue=2, entropy=entropy) as pool:
            for _ in range(5):
                entropy.free.clear()
                waiting = [asyncio.create_task(pool.hash(PASSWORD)) for _ in range(3)]
                await asyncio.sleep(0)
                for task in waiting:
                    task.cancel()
                assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*waiting, return_exceptions=True))
                entropy.free.set()
                await pool.hash(PASSWORD)  # behind the one that had begun
            entropy.free.clear()
            full = [asyncio.create_task(pool.hash(PASSWORD)) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(Unavailable):
                await pool.hash(PASSWORD)
            entropy.free.set()
            await asyncio.gather(*full)

    asyncio.run(story())


def test_closing_finishes_what_is_queued_and_takes_nothing_more() -> None:
    async def story() -> None:
        async with a_pool(threads=1) as pool:
            waiting = [asyncio.create_task(pool.hash(PASSWORD)) for _ in range(3)]
            await asyncio.sleep(0)
            pool.close()
            assert len(await asyncio.gather(*waiting)) == 3
            for _ in range(20):
                with pytest.raises(Unavailable):
                    await pool.hash(PASSWORD)

    asyncio.run(story())
