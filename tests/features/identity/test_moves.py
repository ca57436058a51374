"""What becomes of accounts, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from typing import Any, get_args

import pytest
from sqlalchemy import text
from tests.features.identity.rooms import ADMIN, Room, a_room, drowsy
from tests.features.identity.test_states import ENDS_IN, LEGAL

from daemun.core.actor import NOBODY, SYSTEM, Actor
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, HandleTaken, Moved, MoveName, Newcomer, Status, User
from daemun.features.identity.states import By
from daemun.ports.database import Transaction

WAYS: dict[Status, list[str]] = {"NORMAL": [], "SLEEP": ["sleep"], "DELETED": ["delete"], "BANNED": ["ban"]}
EVENTS = {
    "ban": "account.suspend.success",
    "lift": "account.lift.success",
    "sleep": "account.sleep.success",
    "wake": "account.wake.success",
    "delete": "account.delete.success",
    "restore": "account.restore.success",
    "erase": "account.erase.success",
}
ENDING = {"ban", "sleep", "delete", "erase"}


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with a_room(database_url) as opened:
        yield opened


def actor_for(by: By, user: User) -> Actor:
    return {"admin": ADMIN, "owner": user.actor, "system": SYSTEM, "nobody": NOBODY}[by]


def is_legal(status: Status, move: MoveName, by: By) -> bool:
    """As the table; but by itself a suspension without an end does not end, and here none has one."""
    return (status, move, by) in LEGAL - {("BANNED", "lift", "system")}


async def test_every_move_from_every_state_by_every_hand_does_what_the_table_says(room: Room) -> None:
    for status, move, by in product(get_args(Status), get_args(MoveName), get_args(By)):
        user = await room.a_user()
        await room.becomes(user, *WAYS[status])
        if move == "sleep" and status == "NORMAL":
            await room.work(drowsy, user.id)
        before = await room.account(user)
        answer = await room.work(room.identity.move, user.id, move, by=actor_for(by, user), reason="because")
        told, row = room.told(), await room.read(room.identity.directory.account, user.id)
        if not is_legal(status, move, by):
            assert isinstance(answer, Refusal), (status, move, by)
            assert (told, row) == ([], before), (status, move, by)
            continue
        assert isinstance(answer, Moved), (status, move, by)
        assert told == [EVENTS[move]]
        assert (row.status if row else None) == ENDS_IN[move]
        assert row is None or row == answer.account
        assert answer.move.ends_sessions == (move in ENDING)
        assert answer.move.letter.startswith("account_")


async def test_the_event_says_by_whom_why_and_until_when(room: Room) -> None:
    user = await room.a_user()
    until = room.clock.now() + timedelta(days=3)
    room.heard.clear()
    moved = await room.work(room.identity.move, user.id, "ban", by=ADMIN, reason="spam", until=until)
    assert isinstance(moved, Moved)
    (happening,) = room.heard
    assert dict(happening.event.details) == {"reason": "spam", "until": until.isoformat(), "was": "NORMAL", "by": "admin"}
    assert (happening.event.actor, happening.event.target) == (ADMIN, user.id)
    assert happening.event.kind.fields["reason"] == "target"
    account = await room.account(user)
    assert (account.status_reason, account.status_until, account.status_by) == ("spam", until, str(ADMIN))


async def test_nobody_suspends_themselves(room: Room) -> None:
    user = await room.a_user()
    answer = await room.work(room.identity.move, user.id, "ban", by=user.actor)
    assert isinstance(answer, Refusal)
    assert answer.code == "move_denied"


async def test_a_suspension_outlives_deletion_and_return(room: Room) -> None:
    user = await room.a_user()
    until = room.clock.now() + timedelta(days=60)
    await room.work(room.identity.move, user.id, "ban", by=ADMIN, reason="spam", until=until)
    await room.work(room.identity.move, user.id, "delete", by=ADMIN, reason="asked by letter")
    moved = await room.work(room.identity.move, user.id, "restore", by=user.actor)
    assert isinstance(moved, Moved)
    account = await room.account(user)
    assert (account.status, account.status_reason, account.status_until) == ("BANNED", "spam", until)


async def test_housekeeping_finds_whose_suspension_is_over_and_whose_time_to_return_is(room: Room) -> None:
    banned, left, held = await room.a_user(), await room.a_user(), await room.a_user()
    await room.work(room.identity.move, banned.id, "ban", by=ADMIN, until=room.clock.now() + timedelta(days=30))
    for each in (left, held):
        await room.becomes(each, "delete")
    assert isinstance(await room.work(room.identity.standing.hold, held.id, "a lawsuit", by=ADMIN), Account)
    directory = room.identity.directory
    assert (await room.read(directory.lifted), await room.read(directory.erasable)) == ([], [])
    room.clock.advance(days=30)
    assert [each.id for each in await room.read(directory.lifted)] == [banned.id]
    assert [each.id for each in await room.read(directory.erasable)] == [left.id]
    assert isinstance(await room.work(room.identity.move, banned.id, "lift", by=SYSTEM), Moved)
    assert isinstance(await room.work(room.identity.move, left.id, "erase", by=SYSTEM), Moved)
    refused = await room.work(room.identity.move, held.id, "erase", by=ADMIN)
    assert isinstance(refused, Refusal)
    assert refused.code == "under_legal_hold"
    assert room.told()[-2:] == ["account.lift.success", "account.erase.success"]
    assert isinstance(await room.work(room.identity.standing.release, held.id, by=ADMIN), Account)
    assert isinstance(await room.work(room.identity.move, held.id, "erase", by=SYSTEM), Moved)


async def test_what_is_erased_is_nowhere_and_its_handle_is_never_given_again(room: Room) -> None:
    user = await room.a_user("Gone_One", name="사라진 사람", email="gone@example.com")
    await room.work(room.identity.links.issue, "reset", user_id=user.id, email=user.email)
    await room.becomes(user, "delete")
    moved = await room.work(room.identity.move, user.id, "erase", by=ADMIN)
    assert isinstance(moved, Moved)
    assert (moved.user.email, moved.user.handle) == ("gone@example.com", "Gone_One")

    def traces(tx: Transaction) -> str:
        tables = ("daemun_users", "daemun_links", "daemun_login_history", "daemun_gone_handles")
        return repr([tuple(row) for each in tables for row in tx.all(text(f"SELECT * FROM {each}"))]).casefold()

    left = await room.read(traces)
    assert not [each for each in ("gone_one", "gone@example.com", "사라진", user.id.casefold()) if each in left]
    again = Newcomer("gone_ONE", "gone@example.com", "다른 사람", Secret("x"))
    with pytest.raises(HandleTaken):
        await room.work(room.identity.join, again, "encoded", role="user")
    with pytest.raises(HandleTaken):
        await room.read(room.identity.refuse_taken, again)
    assert (await room.a_user("someone_else", email="gone@example.com")).email == "gone@example.com"


async def test_dormancy_is_told_twice_before_it_comes_and_ends_with_a_login(room: Room) -> None:
    user = await room.a_user()
    directory = room.identity.directory

    async def due(stage: str) -> bool:
        return [each.id for each in await room.read(directory.sleepers, stage)] == [user.id]

    room.clock.advance(days=334)
    assert not await due("first_notice")
    room.clock.advance(days=1)
    assert await due("first_notice")
    assert await room.work(directory.noticed, user.id, "first_notice")
    assert not await room.work(directory.noticed, user.id, "first_notice")
    assert not await due("first_notice")
    room.clock.advance(days=23)
    assert await due("last_notice")
    assert await room.work(directory.noticed, user.id, "last_notice")
    room.clock.advance(days=6)
    assert not await due("sleep")
    assert isinstance(await room.work(room.identity.move, user.id, "sleep", by=SYSTEM), Refusal)
    room.clock.advance(days=1)
    assert await due("sleep")
    moved: Any = await room.work(room.identity.move, user.id, "sleep", by=SYSTEM)
    assert (moved.account.status, moved.move.letter) == ("SLEEP", "account_asleep")
    woken: Any = await room.work(room.identity.move, user.id, "wake", by=user.actor)
    assert woken.account.status == "NORMAL"
    assert not await due("first_notice")


async def test_nobody_falls_asleep_on_the_day_of_the_first_letter(room: Room) -> None:
    """A house that was shut for years begins with the notices."""
    user = await room.a_user()
    directory = room.identity.directory
    room.clock.advance(days=1000)
    for stage, days in (("first_notice", 23), ("last_notice", 7)):
        assert [each.id for each in await room.read(directory.sleepers, stage)] == [user.id]
        assert await room.work(directory.noticed, user.id, stage)
        room.clock.advance(days=days - 1)
        for later in ("last_notice", "sleep"):
            assert await room.read(directory.sleepers, later) == []
        room.clock.advance(days=1)
    assert [each.id for each in await room.read(directory.sleepers, "sleep")] == [user.id]
