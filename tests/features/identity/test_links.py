"""Links in letters: once, in time, for one thing, and nothing of them kept that opens anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from tests.features.identity.rooms import Room, a_room

from daemun.core.secret import Secret
from daemun.features.identity import LIFETIMES, Issued, Link, LinkRefused, Purpose
from daemun.ports.database import Transaction, Work

ANN = "01K0000000000000000000ANN1"
BOB = "01K0000000000000000000B0B1"
ELSEWHERE = sorted(set(LIFETIMES) - {"verify", "signup"})


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with a_room(database_url) as opened:
        yield opened


async def issued(room: Room, purpose: Purpose = "reset", *, user_id: str = ANN, browser: str = "", **data: str) -> Issued:
    return await room.work(room.identity.links.issue, purpose, user_id=user_id, email="ann@example.com", data=data, browser=browser)


async def used(room: Room, issued: Issued, purpose: Purpose = "reset", browser: str = "") -> str:
    answer = await room.work(room.identity.links.use, purpose, issued.token, browser)
    return "good" if isinstance(answer, Link) else answer.code


async def typed(room: Room, code: str, browser: str, purpose: Purpose = "reset") -> str:
    answer = await room.work(room.identity.links.use_code, purpose, Secret(code), browser)
    return "good" if isinstance(answer, Link) else answer.code


@pytest.mark.parametrize("purpose", list(LIFETIMES))
async def test_a_link_works_once_within_its_time_and_for_its_purpose_alone(room: Room, purpose: Purpose) -> None:
    """Clauses 30 and 32."""
    link = await issued(room, purpose)
    other: Purpose = "verify" if purpose != "verify" else "reset"
    assert await used(room, link, other) == "link_invalid"
    assert [await used(room, link, purpose) for _ in range(2)] == ["good", "link_invalid"]
    late = await issued(room, purpose)
    room.clock.advance(seconds=LIFETIMES[purpose].total_seconds())
    assert await used(room, late, purpose) == "link_invalid"


async def test_looking_uses_nothing_up_and_tells_what_is_inside(room: Room) -> None:
    link = await issued(room, "signup", handle="ann_2026")
    for _ in range(3):
        seen = await room.read(room.identity.links.look, "signup", link.token)
        assert seen is not None
        assert (dict(seen.data), seen.email) == ({"handle": "ann_2026"}, "ann@example.com")
    assert await used(room, link, "signup") == "good"
    assert await room.read(room.identity.links.look, "signup", link.token) is None


async def test_a_newer_link_ends_the_older_of_the_same_person_and_kind(room: Room) -> None:
    first, other, bobs = await issued(room), await issued(room, "verify"), await issued(room, user_id=BOB)
    second = await issued(room)
    assert [await used(room, each) for each in (first, second, bobs)] == ["link_invalid", "good", "good"]
    assert await used(room, other, "verify") == "good"


async def test_ways_back_to_an_address_stand_beside_each_other(room: Room) -> None:
    first, second = await issued(room, "undo_email"), await issued(room, "undo_email")
    assert [await used(room, each, "undo_email") for each in (first, second)] == ["good", "good"]


async def test_a_stranger_who_signs_up_with_my_address_does_not_end_my_link(room: Room) -> None:
    mine, theirs = [await room.work(room.identity.links.issue, "signup", email="ann@example.com", browser=each) for each in ("mine", "")]
    assert await used(room, mine, "signup", "mine") == "good"
    assert await used(room, theirs, "signup") == "good", "what it asks for is taken by then, and is refused there"


async def test_what_is_voided_opens_nothing(room: Room) -> None:
    reset, verify, bobs = await issued(room), await issued(room, "verify"), await issued(room, user_id=BOB)
    assert await room.work(room.identity.links.void, ANN, "reset") == 1
    assert [await used(room, reset), await used(room, verify, "verify"), await used(room, bobs)] == ["link_invalid", "good", "good"]
    await issued(room)
    assert await room.work(room.identity.links.void, ANN) == 1


@pytest.mark.parametrize("purpose", ["verify", "signup"])
async def test_a_link_opened_in_another_browser_asks_for_its_code_in_the_first(room: Room, purpose: Purpose) -> None:
    """Clause 34."""
    link = await issued(room, purpose, browser="first")
    assert [await used(room, link, purpose, each) for each in ("", "second")] == ["link_other_browser"] * 2
    assert await typed(room, link.code.reveal(), "second", purpose) == "link_invalid"
    assert await typed(room, link.code.reveal(), "first", purpose) == "good"
    assert await used(room, link, purpose, "first") == "link_invalid"


@pytest.mark.parametrize("purpose", ELSEWHERE)
async def test_the_other_links_work_wherever_the_mailbox_is_read(room: Room, purpose: Purpose) -> None:
    assert await used(room, await issued(room, purpose, browser="first"), purpose, "second") == "good"


async def test_five_wrong_codes_end_the_link(room: Room) -> None:
    """Clause 35."""
    link = await issued(room, browser="first")
    code = link.code.reveal()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert [await typed(room, wrong, "first") for _ in range(6)] == ["code_wrong"] * 5 + ["link_invalid"]
    assert (await typed(room, code, "first"), await used(room, link)) == ("link_invalid", "link_invalid")


async def test_parallel_guesses_at_a_code_are_all_counted(room: Room) -> None:
    """Clause 35."""
    link = await issued(room, browser="first")
    wrong = f"{(int(link.code.reveal()) + 1) % 10**8:08d}"
    answers = await asyncio.gather(*(typed(room, wrong, "first") for _ in range(12)))
    assert sorted(answers) == ["code_wrong"] * 5 + ["link_invalid"] * 7


async def test_a_code_may_be_typed_with_spaces(room: Room) -> None:
    code = (await issued(room, browser="first")).code.reveal()
    assert await typed(room, f" {code[:4]} {code[4:]}", "first") == "good"


async def test_of_many_uses_at_once_one_is_good(room: Room) -> None:
    """Clause 30."""
    link = await issued(room)
    answers = await asyncio.gather(*(used(room, link) for _ in range(12)))
    assert sorted(answers) == ["good"] + ["link_invalid"] * 11


async def test_of_links_asked_for_at_once_one_stays(room: Room) -> None:
    links = await asyncio.gather(*(issued(room) for _ in range(6)))
    assert sorted([await used(room, each) for each in links]) == ["good"] + ["link_invalid"] * 5


async def test_a_link_for_a_name_nobody_has_opens_nothing(room: Room) -> None:
    decoy = await room.work(room.identity.links.issue, "reset", email="nobody@example.com", browser="first")
    assert await used(room, decoy) == "link_invalid"
    assert await typed(room, decoy.code.reveal(), "first") == "code_wrong"
    assert await room.read(room.identity.links.look, "reset", decoy.token) is None


@pytest.mark.parametrize("login", ["ß" * 254, "ΐ" * 254, "ΐ" * 242 + "@example.com"])
async def test_a_name_that_grows_where_case_is_folded_is_nobody_like_the_others(room: Room, login: str) -> None:
    link = await room.work(room.identity.links.issue, "reset", email=login)
    assert await used(room, link) == "link_invalid"


async def test_who_asks_for_nobody_waits_for_nobody(postgres_url: str) -> None:
    """Else those who ask for names that do not exist would stand in one line, and those for names that do would not."""
    async with a_room(postgres_url) as room:
        links, begun, done = room.identity.links, threading.Event(), threading.Event()

        def slow(work: Work) -> bool:
            links.issue(work, "reset")
            begun.set()
            return done.wait(10)

        asking = asyncio.create_task(room.work(slow))
        await asyncio.to_thread(begun.wait, 10)
        await room.work(links.issue, "reset")
        done.set()
        assert await asking


@pytest.mark.parametrize("rubbish", ["", "x", "a" * 5000, "\ud800", "%00", "' OR 1=1 --"])
async def test_rubbish_is_no_link(room: Room, rubbish: str) -> None:
    assert isinstance(await room.work(room.identity.links.use, "reset", Secret(rubbish)), LinkRefused)
    assert isinstance(await room.work(room.identity.links.use_code, "reset", Secret(rubbish), "first"), LinkRefused)


async def test_neither_token_nor_code_nor_what_is_inside_is_in_the_database(room: Room) -> None:
    link = await issued(room, "signup", browser="the browser's mark", password="the-encoded-password")

    def everything(tx: Transaction) -> bytes:
        rows = tx.all(text("SELECT * FROM daemun_links"))
        return b"|".join(each if isinstance(each, bytes) else str(each).encode() for row in rows for each in row)

    raw = await room.read(everything)
    for secret in (link.token.reveal(), link.code.reveal(), "the-encoded-password", "the browser's mark"):
        assert secret.encode() not in raw


async def test_what_is_too_old_is_swept(room: Room) -> None:
    await issued(room)
    fresh = await issued(room, "undo_email")
    room.clock.advance(minutes=11)
    assert await room.work(room.identity.links.sweep) == 1
    assert await used(room, fresh, "undo_email") == "good"
