"""Housekeeping among people: who is told, who falls asleep, who comes back, and of whom nothing is left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.house import Client, House, Member, a_house, a_member, built
from tests.mailbox import all_letters, letter_to, letters_to

from daemun.core.actor import SHELL
from daemun.core.secret import Secret
from daemun.features.identity import Account, Moved, MoveName, Newcomer
from daemun.ports.database import Transaction

WRITTEN = {"sleep_notice", "account_asleep", "account_lifted", "erasure_notice", "account_erased"}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as house:
        yield house


async def keep(house: House, *names: str) -> list[int | None]:
    """What each chore of people did."""
    chores = built(house.app).chores
    return [done.did for name in names for done in await chores.now(f"people.{name}")]


async def account(house: House, member: Member) -> Account | None:
    rooms = built(house.app)
    user = await rooms.database.read(lambda tx: rooms.identity.find(tx, member.handle))
    return await rooms.database.read(lambda tx: rooms.identity.directory.account(tx, user.id)) if user else None


async def status(house: House, member: Member) -> str | None:
    found = await account(house, member)
    return found.status if found else None


async def moved(house: House, member: Member, name: MoveName, **how: Any) -> Moved:
    rooms, found = built(house.app), await account(house, member)
    assert found is not None
    answer = await rooms.visit("test").work(rooms.identity.move, found.id, name, by=SHELL, **how)
    assert isinstance(answer, Moved)
    return answer


async def a_master(house: House, handle: str) -> Member:
    member = Member(handle=handle, email=f"{handle}@example.com")
    newcomer = Newcomer(member.handle, member.email, member.name, Secret(member.password))
    await built(house.app).make_admin(built(house.app).visit("test"), newcomer, role="master")
    return member


async def days_of_housekeeping(house: House, days: int, *names: str) -> None:
    for _ in range(days):
        house.clock.advance(days=1)
        await keep(house, *names)


async def kinds_to(house: House, member: Member) -> list[str]:
    """Of what housekeeping writes."""
    return [each.kind for each in await letters_to(house, member.email) if each.kind in WRITTEN]


async def logged_in(client: Client, member: Member) -> str:
    answer = await client.log_in(member)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_who_does_not_come_is_told_thirty_and_seven_days_before_their_account_falls_asleep(house: House) -> None:
    ann = await a_member(house.client())
    house.clock.advance(days=334)
    assert await keep(house, "notices", "sleep") == [0, 0]
    house.clock.advance(days=1)
    assert await keep(house, "notices", "notices") == [1, 0], "run twice, it writes once"
    assert "30일" in (first := await letter_to(house, ann.email, "sleep_notice")).subject
    assert "2027-11-21" in first.text
    await days_of_housekeeping(house, 22, "notices", "sleep")
    assert await kinds_to(house, ann) == ["sleep_notice"]
    await days_of_housekeeping(house, 1, "notices", "sleep")
    assert "7일" in (await letter_to(house, ann.email, "sleep_notice")).subject
    await days_of_housekeeping(house, 6, "notices", "sleep")
    assert await status(house, ann) == "NORMAL"
    await days_of_housekeeping(house, 1, "notices", "sleep")
    assert await status(house, ann) == "SLEEP"
    assert await kinds_to(house, ann) == ["sleep_notice", "sleep_notice", "account_asleep"]
    assert await keep(house, "notices", "sleep") == [0, 0]


async def test_a_login_ends_the_waiting_for_sleep(house: House) -> None:
    client = house.client()
    ann = await a_member(client)
    house.clock.advance(days=340)
    await keep(house, "notices")
    await logged_in(client, ann)
    await days_of_housekeeping(house, 60, "notices", "sleep")
    assert (await status(house, ann), await kinds_to(house, ann)) == ("NORMAL", ["sleep_notice"])


async def test_a_house_that_was_shut_for_years_begins_with_the_notices(house: House) -> None:
    ann = await a_member(house.client())
    house.clock.advance(days=1500)
    for _ in range(3):
        assert (await keep(house, "notices", "sleep"))[1] == 0
    assert await kinds_to(house, ann) == ["sleep_notice"], "one letter however often it looks"
    house.clock.advance(days=1500)
    assert await keep(house, "sleep", "notices", "sleep") == [0, 1, 0]
    house.clock.advance(days=6)
    assert await keep(house, "sleep") == [0], "a week between the last notice and sleep, whatever the clock did"
    house.clock.advance(days=1)
    assert await keep(house, "sleep") == [1]


async def test_falling_asleep_ends_every_session(house: House) -> None:
    """Clause 42: disabling an account ends its sessions."""
    client = house.client()
    ann = await a_member(client)
    await logged_in(client, ann)
    found = await account(house, ann)
    assert found is not None
    rooms = built(house.app)
    for days in (336, 23):
        house.clock.advance(days=days)
        await keep(house, "notices")
    # A session that was kept alive all the time by a program: it does not count as a login.
    with_session = text("UPDATE daemun_session_families SET ended_at = NULL, ended_why = NULL, idle_until = :far, expires_at = :far")
    far = 4_000_000_000_000_000
    await rooms.visit("test").work(lambda work: work.run(with_session.bindparams(far=far)))
    assert len(await rooms.database.read(lambda tx: rooms.sessions.sessions_of(tx, found.id))) == 1
    house.clock.advance(days=7)
    assert await keep(house, "sleep") == [1]
    assert await rooms.database.read(lambda tx: rooms.sessions.sessions_of(tx, found.id)) == []


async def test_the_last_master_stays_awake_and_is_told_nothing_untrue(house: House) -> None:
    master = await a_master(house, "gate.keeper")
    await days_of_housekeeping_in_steps(house)
    assert (await status(house, master), await kinds_to(house, master)) == ("NORMAL", [])


async def test_of_two_masters_who_never_come_one_stays_awake(house: House) -> None:
    masters = [await a_master(house, "gate.keeper"), await a_master(house, "gate.second")]
    await days_of_housekeeping_in_steps(house)
    assert sorted([str(await status(house, each)) for each in masters]) == ["NORMAL", "SLEEP"]


async def days_of_housekeeping_in_steps(house: House) -> None:
    for days in (336, 23, 7, 400, 23, 7):
        house.clock.advance(days=days)
        await keep(house, "notices", "sleep")


async def test_a_suspension_with_an_end_comes_to_it(house: House) -> None:
    client = house.client()
    ann, bob = await a_member(client), await a_member(client, handle="bob_2026", email="bob@example.com")
    await moved(house, ann, "ban", reason="spam", until=house.clock.now() + timedelta(days=7))
    await moved(house, bob, "ban", reason="spam")
    house.clock.advance(days=6, hours=23)
    assert await keep(house, "lift") == [0]
    house.clock.advance(hours=1)
    assert await keep(house, "lift", "lift") == [1, 0]
    assert (await status(house, ann), await status(house, bob)) == ("NORMAL", "BANNED")
    assert (await kinds_to(house, ann))[-1] == "account_lifted"
    await logged_in(client, ann)


async def test_who_left_is_reminded_once_a_week_before_and_then_erased(house: House) -> None:
    client = house.client()
    ann = await a_member(client)
    await logged_in(client, ann)
    gone = (await moved(house, ann, "delete")).account
    await days_of_housekeeping(house, 22, "reminders", "erase")
    assert "erasure_notice" not in await kinds_to(house, ann)
    await days_of_housekeeping(house, 7, "reminders", "reminders", "erase")
    assert (await kinds_to(house, ann)).count("erasure_notice") == 1
    assert "2026-12-21" in (await letter_to(house, ann.email, "erasure_notice")).subject
    assert await status(house, ann) == "DELETED"
    await days_of_housekeeping(house, 1, "reminders", "erase")
    assert await account(house, ann) is None
    left = await built(house.app).database.read(traces)
    assert not [each for each in (gone.id, ann.handle, ann.name) if each in left]
    last = await letters_to(house, ann.email)
    assert [(each.kind, each.user_id) for each in last] == [("account_erased", "")], "no letter of theirs is kept but the last"
    assert await keep(house, "reminders", "erase") == [0, 0]


def traces(tx: Transaction) -> str:
    tables = (
        "daemun_users",
        "daemun_links",
        "daemun_login_history",
        "daemun_session_families",
        "daemun_known_devices",
        "daemun_user_roles",
        "daemun_letters",
    )
    return repr([tuple(row) for each in tables for row in tx.all(text(f"SELECT * FROM {each}"))])


async def test_whom_a_legal_hold_keeps_is_neither_reminded_nor_erased(house: House) -> None:
    ann = await a_member(house.client())
    gone = (await moved(house, ann, "delete")).account
    rooms = built(house.app)
    await rooms.visit("test").work(lambda work: rooms.identity.standing.hold(work, gone.id, "court order 7", by=SHELL))
    await days_of_housekeeping(house, 40, "reminders", "erase")
    assert await status(house, ann) == "DELETED"
    await rooms.visit("test").work(lambda work: rooms.identity.standing.release(work, gone.id, by=SHELL))
    assert await keep(house, "reminders", "erase") == [0, 1]


async def test_who_came_back_and_left_again_is_reminded_again(house: House) -> None:
    ann = await a_member(house.client())
    for times in (1, 2):
        await moved(house, ann, "delete")
        house.clock.advance(days=25)
        await keep(house, "reminders", "erase")
        assert (await kinds_to(house, ann)).count("erasure_notice") == times
        await moved(house, ann, "restore")


async def test_an_account_that_cannot_be_written_to_keeps_nobody_else_from_their_letter(house: House) -> None:
    client = house.client()
    broken, ann = await a_member(client, handle="old_import", email="x@example.com"), await a_member(client)
    spoil = text("UPDATE daemun_users SET email = 'no address' WHERE handle = 'old_import'")
    await built(house.app).visit("test").work(lambda work: work.run(spoil))
    house.clock.advance(days=336)
    assert await keep(house, "notices") == [None], "it is said that something is wrong"
    assert await kinds_to(house, ann) == ["sleep_notice"]
    assert await status(house, broken) == "NORMAL"


@pytest.mark.processes
async def test_a_process_killed_in_the_middle_erases_nobody_by_half_and_writes_nobody_twice(
    house: House, database_url: str, tmp_path: Path
) -> None:
    people = [await a_member(house.client(), handle=f"gone_{n}", email=f"gone_{n}@example.com") for n in range(5)]
    for each in people:
        await moved(house, each, "delete")
    house.clock.advance(days=31)
    at = house.clock.now().isoformat()
    command = [sys.executable, "-m", "tests.features.people.keeper", database_url, str(tmp_path), at, "people.erase", "3"]
    keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert keeper.stdout is not None
    assert keeper.stdout.readline().strip() == "in the middle"
    keeper.kill()
    keeper.communicate()
    assert len([each for each in people if await account(house, each)]) == 3
    assert await keep(house, "erase") == [3]
    assert sorted(each.to for each in await all_letters(house)) == [each.email for each in people]
    assert {each.kind for each in await all_letters(house)} == {"account_erased"}
