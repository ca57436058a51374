"""Guessing is limited, and the limit is no weapon against the owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.features.identity.rooms import HOME, Room, a_room

from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Asleep, Attempt, EmailUnverified, Entered, Limited, Proof, Stale, TooManyAttempts, User
from daemun.features.identity.counters import NEIGHBOURS
from daemun.ports.database import Transaction

RIGHT, WRONG, NEW = "Maru-Bada-72!", "Wrong-Pass-11!", "Haneul-Gureum-81!"
LAPTOP = "the owner's laptop"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with a_room(database_url) as opened:
        yield opened


def from_(number: int) -> Circumstance:
    return Circumstance(address=f"198.51.{number // 250}.{number % 250 + 1}", agent="stranger/1")


async def tried(room: Room, password: str, *, seen: Circumstance = HOME, device: str = "", login: str = "ann_2026") -> str:
    """What became of a login: `in`, `wrong`, `limited` or `locked`."""

    def knows(tx: Transaction, user_id: str) -> bool:
        return device == LAPTOP and user_id != ""

    proof = await room.identity.prove(room.visit(seen), Attempt(login, Secret(password)), knows, device=device)
    if isinstance(proof, Limited):
        return "locked" if proof.locked else "limited"
    answer = await room.work(room.identity.refuse if proof.failed else room.identity.admit, proof, seen=seen)
    return "in" if isinstance(answer, User) else "wrong"


async def test_a_hundred_strangers_from_a_hundred_addresses_leave_the_owners_device_working(room: Room) -> None:
    """Clauses 9 and 20."""
    await room.a_user("ann_2026", password=RIGHT)
    for number in range(100):
        if number % 5 == 0:
            room.clock.advance(minutes=16)
        assert await tried(room, WRONG, seen=from_(number)) == "wrong"
    room.clock.advance(minutes=16)
    assert await tried(room, RIGHT, seen=from_(200)) == "locked"
    assert await tried(room, RIGHT, device=LAPTOP) == "in"


async def test_one_customer_of_ipv6_is_one_place_that_asks_for_accounts_and_letters(room: Room) -> None:
    """Their provider gives them 65,536 households: ten may ask as much as one address, and no more."""
    rules, refused = room.identity.rules, 0
    for number in range(NEIGHBOURS * rules.recoveries_per_address + 2):
        visit = room.visit(Circumstance(address=f"2001:db8:1:{number:x}::1"))
        try:
            await room.identity.count_recovery(visit, "nobody")
        except TooManyAttempts:
            refused += 1
    assert refused == 2
    assert not await counted_signup(room, "2001:db8:1::1", times=rules.signups_per_address)
    assert await counted_signup(room, "2001:db8:1::1")
    assert not await counted_signup(room, "2001:db8:1:1::1"), "another household of the same customer, who still may"


async def counted_signup(room: Room, address: str, *, times: int = 1) -> bool:
    """Whether the last of so many was refused."""
    refused = False
    for _ in range(times):
        try:
            await room.identity.count_signup(room.visit(Circumstance(address=address)))
        except TooManyAttempts:
            refused = True
    return refused


async def test_one_mailbox_has_one_limit_of_letters_in_every_spelling(room: Room) -> None:
    """Many providers deliver a tag to the mailbox without it: else a flood has as many limits as there are tags."""
    spellings = [
        "ann@example.com",
        "Ann+1@example.com",
        "an.n@example.com",
        "ann+2@EXAMPLE.com",
        "a.n.n+3@example.com",
        "ann+4@example.com",
    ]
    assert [await room.identity.may_write_to(each) for each in spellings] == [True] * 5 + [False]
    assert await room.identity.may_write_to("anna@example.com")


async def test_a_login_from_a_known_device_ends_the_strangers_streak(room: Room) -> None:
    """Clause 10."""
    await room.a_user("ann_2026", password=RIGHT)
    for number in range(100):
        if number % 5 == 0:
            room.clock.advance(minutes=16)
        await tried(room, WRONG, seen=from_(number))
    room.clock.advance(minutes=16)
    await tried(room, RIGHT, device=LAPTOP)
    assert await tried(room, RIGHT, seen=from_(200)) == "in"


async def test_wrong_tries_on_a_known_device_count_against_it_alone(room: Room) -> None:
    await room.a_user("ann_2026", password=RIGHT)
    assert [await tried(room, WRONG, device=LAPTOP) for _ in range(11)] == ["wrong"] * 10 + ["limited"]
    assert await tried(room, RIGHT, device=LAPTOP) == "limited"
    assert await tried(room, RIGHT, seen=from_(1)) == "in"
    room.clock.advance(minutes=15)
    assert await tried(room, RIGHT, device=LAPTOP) == "in"


async def test_a_device_somebody_else_has_opens_no_second_budget(room: Room) -> None:
    await room.a_user("ann_2026", password=RIGHT)
    answers = [await tried(room, WRONG, seen=from_(number), device=f"stolen {number}") for number in range(7)]
    assert answers == ["wrong"] * 5 + ["limited"] * 2


async def test_parallel_guesses_on_a_known_device_are_all_counted(room: Room) -> None:
    await room.a_user("ann_2026", password=RIGHT)
    answers = await asyncio.gather(*(tried(room, WRONG, device=LAPTOP) for _ in range(16)))
    assert sorted(answers) == ["limited"] * 6 + ["wrong"] * 10


async def test_the_owner_opens_a_locked_account_by_a_link(room: Room) -> None:
    user = await room.a_user("ann_2026", password=RIGHT)
    for number in range(6):
        last = await tried(room, WRONG, seen=from_(number))
    assert last == "limited"
    shut = await room.identity.prove(room.visit(from_(7)), Attempt("ann_2026", Secret(RIGHT)))
    assert isinstance(shut, Limited)
    assert (shut.unlockable, shut.user_id) == (True, user.id)
    await room.identity.unlock(room.visit(), user, by=user.actor)
    assert await tried(room, RIGHT, seen=from_(9)) == "in"
    (opened,) = [each.event for each in room.heard if each.event.kind.code == "account.unlock"]
    assert (opened.actor, opened.details["reason"]) == (user.actor, "owner")


async def test_being_refused_for_another_reason_is_no_failure(room: Room) -> None:
    user = await room.a_user("ann_2026", password=RIGHT)
    await room.becomes(user, "ban")
    assert [await tried(room, RIGHT) for _ in range(12)] == ["wrong"] * 12  # refused as inactive, and never as limited


steps = st.one_of(
    st.tuples(st.just("stranger"), st.integers(0, 40), st.integers(1, 6)),
    st.tuples(st.just("same place"), st.just(0), st.integers(1, 6)),
    st.tuples(st.just("other device"), st.integers(0, 40), st.integers(1, 6)),
    st.tuples(st.just("time"), st.integers(1, 20), st.just(1)),
)


async def attacked(room: Room, user: User, attack: list[tuple[str, int, int]]) -> None:
    for what, number, times in attack:
        if what == "time":
            room.clock.advance(minutes=number)
            continue
        seen = HOME if what == "same place" else from_(number)
        for _ in range(times):
            await tried(room, WRONG, seen=seen, device=f"device {number}" if what == "other device" else "", login=user.handle)
    assert await tried(room, RIGHT, device=LAPTOP, login=user.handle) == "in"


def test_whatever_strangers_do_the_owners_device_gets_in(sqlite_url: str) -> None:
    """Clause 20."""
    with asyncio.Runner() as runner:
        opening = a_room(sqlite_url, login_streak=12)
        room = runner.run(opening.__aenter__())
        user = runner.run(room.a_user("ann_2026", password=RIGHT))

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(attack=st.lists(steps, max_size=8))
        def holds(attack: list[tuple[str, int, int]]) -> None:
            runner.run(attacked(room, user, attack))

        try:
            holds()
        finally:
            runner.run(opening.__aexit__(None, None, None))


# Recovery


async def test_recovery_letters_are_counted_alike_for_those_who_exist_and_those_who_do_not(room: Room) -> None:
    """Clause 26."""
    await room.a_user("ann_2026")
    for login in ("ann_2026", "nobody_here"):
        answers = [await room.identity.count_recovery(room.visit(from_(number)), login) for number in range(6)]
        assert answers == [True] * 5 + [False]
    room.clock.advance(hours=1)
    assert await room.identity.count_recovery(room.visit(), "ann_2026@example.com")


async def test_one_address_asks_for_twenty_recoveries_an_hour(room: Room) -> None:
    answers = []
    for number in range(21):
        try:
            answers.append(await room.identity.count_recovery(room.visit(), f"somebody_{number}"))
        except Refusal as refusal:
            answers.append(refusal.code == "too_many_attempts" and (refusal.retry_after or 0) > 0)
    assert answers == [True] * 21


async def lent(room: Room, user: User) -> str:
    temporary = await room.identity.credentials.temporary()
    assert isinstance(await room.work(room.identity.credentials.lend, user.id, temporary.encoded, by=user.actor), Account)
    return temporary.password.reveal()


async def proven(room: Room, password: str) -> Proof:
    proof = await room.identity.prove(room.visit(), Attempt("ann_2026", Secret(password)))
    assert isinstance(proof, Proof)
    return proof


async def test_a_temporary_password_stands_beside_the_own_one_and_opens_no_session(database_url: str) -> None:
    """Clause 27."""
    async with a_room(database_url, recovery="temporary") as room:
        user = await room.a_user("ann_2026", password=RIGHT)
        password = await lent(room, user)
        own, borrowed = await proven(room, RIGHT), await proven(room, password)
        assert [(each.failed, each.temporary) for each in (own, borrowed)] == [(False, False), (False, True)]
        assert isinstance(await room.work(room.identity.admit, own), Entered)
        assert isinstance(await room.work(room.identity.admit, borrowed), Refusal)
        assert isinstance(await room.work(room.identity.redeem, own), Refusal)
        assert isinstance(await room.work(room.identity.redeem, borrowed), User)
        assert isinstance(await room.work(room.identity.redeem, borrowed), Stale)
        assert (await proven(room, password)).failed


async def test_a_temporary_password_lasts_a_quarter_of_an_hour_and_ends_with_a_change(database_url: str) -> None:
    async with a_room(database_url, recovery="temporary") as room:
        user = await room.a_user("ann_2026", password=RIGHT)
        password = await lent(room, user)
        room.clock.advance(minutes=15)
        assert (await proven(room, password)).failed
        password = await lent(room, user)
        encoded = await room.identity.credentials.encode(Secret(NEW))
        await room.work(room.identity.credentials.change, await proven(room, RIGHT), encoded)
        assert (await proven(room, password)).failed


async def test_where_links_are_sent_a_temporary_password_is_none(room: Room) -> None:
    user = await room.a_user("ann_2026", password=RIGHT)
    assert (await proven(room, await lent(room, user))).failed


# Coming in


async def entered(room: Room, seen: Circumstance = HOME, **how: bool) -> Entered | Refusal | Stale:
    proof = await proven(room, RIGHT)
    return await room.work(room.identity.admit, proof, seen=seen, **how)


async def test_a_login_from_a_client_not_seen_before_is_news_but_the_first_and_an_update_are_not(room: Room) -> None:
    """Clause 25."""
    await room.a_user("ann_2026", password=RIGHT)
    update = Circumstance(address="203.0.113.200", agent="browser/2.1")
    phone = Circumstance(address=HOME.address, agent="phone/1")
    travel = Circumstance(address="192.0.2.1", agent=HOME.agent)
    news = [await entered(room, each) for each in (HOME, HOME, update, phone, travel, phone, HOME)]
    assert [isinstance(each, Entered) and each.new_client for each in news] == [False, False, False, True, True, False, False]


async def test_a_sleeping_account_wakes_where_the_device_is_known_and_else_says_whom_to_write_to(room: Room) -> None:
    user = await room.a_user("ann_2026", password=RIGHT)
    await room.becomes(user, "sleep")
    stranger = await entered(room)
    assert isinstance(stranger, Asleep)
    assert (stranger.code, stranger.user.id) == ("asleep", user.id)
    woken = await entered(room, wakes=True)
    assert isinstance(woken, Entered)
    assert (woken.woke, woken.status, (await room.account(user)).status) == (True, "NORMAL", "NORMAL")
    assert "account.wake.success" in room.told()


async def test_where_only_mail_wakes_no_login_does(database_url: str) -> None:
    async with a_room(database_url, sleep_wake="email") as room:
        user = await room.a_user("ann_2026", password=RIGHT)
        await room.becomes(user, "sleep")
        assert isinstance(await entered(room, wakes=True), Asleep)


async def test_where_addresses_must_be_verified_the_others_stay_outside(database_url: str) -> None:
    async with a_room(database_url, require_verified=True) as room:
        user = await room.a_user("ann_2026", password=RIGHT)
        assert isinstance(await entered(room), EmailUnverified)
        await room.work(room.identity.mailbox.verified, user.id, user.email)
        assert isinstance(await entered(room), Entered)


async def test_a_login_begins_the_year_to_dormancy_again(room: Room) -> None:
    user = await room.a_user("ann_2026", password=RIGHT)
    room.clock.advance(days=340)
    assert await room.work(room.identity.directory.noticed, user.id, "first_notice")
    assert isinstance(await entered(room), Entered)
    account = await room.account(user)
    assert (account.sleep_notices, account.noticed_on) == (0, None)
