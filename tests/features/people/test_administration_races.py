"""Administrators in several processes at the same moment, on both databases."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.features.people.administering import a_staff, an_office
from tests.house import House, a_house, built
from tests.racing import Runner, processes, run

from daemun.core.actor import Actor
from daemun.features.identity import MoveName

pytestmark = pytest.mark.processes
ROUNDS = 6
UNDO: tuple[MoveName, ...] = ("lift", "restore")
HAND = Actor("user", "01K" + "9" * 23)


def racing(house: House, folder: Path) -> AbstractContextManager[list[Runner]]:
    """Two, at the moment of the house beside them."""
    url = house.settings.core.database.reveal()
    return processes(2, "tests.features.people.administrator", url, str(folder), house.clock.now().isoformat())


async def alive(house: House, *ids: str) -> int:
    return await built(house.app).visit("test").read(built(house.app).identity.active_among, ids)


async def back(house: House, *ids: str) -> None:
    """NORMAL again, whatever was done to them."""
    door = built(house.app)
    for each in ids:
        for undo in UNDO:
            await door.visit("test").work(door.identity.move, each, undo, by=HAND)


async def test_two_masters_who_suspend_each_other_leave_one(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, ann):
        bob = await a_staff(house, "bob_2026", "master")
        with racing(house, tmp_path) as runners:
            for move in ("ban", "delete") * (ROUNDS // 2):
                answers = run(
                    runners,
                    {"do": move, "by": ann.id, "whom": bob.id},
                    {"do": "bulk", "by": bob.id, "whom": [ann.id]} if move == "ban" else {"do": move, "by": bob.id, "whom": ann.id},
                )
                assert await alive(house, ann.id, bob.id) == 1, answers
                await back(house, ann.id, bob.id)
                assert await alive(house, ann.id, bob.id) == 2


async def test_whoever_is_dismissed_at_this_moment_dismisses_nobody_after_it(database_url: str, tmp_path: Path) -> None:
    """Of three masters two act at once: whoever was suspended first has suspended nobody."""
    async with an_office(database_url, tmp_path) as (house, ann):
        bob = await a_staff(house, "bob_2026", "master")
        await a_staff(house, "cho_2026", "master")
        with racing(house, tmp_path) as runners:
            for _ in range(ROUNDS):
                answers = run(runners, {"do": "ban", "by": ann.id, "whom": bob.id}, {"do": "ban", "by": bob.id, "whom": ann.id})
                assert sorted(each.get("refused", "") for each in answers) == ["", "account_inactive"]
                assert await alive(house, ann.id, bob.id) == 1
                await back(house, ann.id, bob.id)


async def test_two_crowds_that_overlap_move_everybody_once(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, ann):
        people = [(await a_staff(house, f"member_{number}")).id for number in range(6)]
        with racing(house, tmp_path) as runners:
            for _ in range(2):
                first, second = run(
                    runners,
                    {"do": "bulk", "by": ann.id, "whom": people},
                    {"do": "bulk", "by": ann.id, "whom": people[::-1]},
                )
                for each in people:
                    assert sorted((first["done"][each], second["done"][each])) == ["done", "illegal_move"]
                await back(house, *people)


async def test_two_browsers_with_one_set_up_link_make_one_master(database_url: str, tmp_path: Path) -> None:
    """Clause 27: the first secret works once, and only while there is no master; clause 23: there is no account before it."""
    async with a_house(database_url, tmp_path) as house:
        door = built(house.app)
        first = await door.visit("test").work(door.set_up.offer)
        assert first is not None
        token = first.reveal().partition("?t=")[2]
        with racing(house, tmp_path) as runners:
            answers = run(
                runners,
                {"do": "setup", "token": token, "handle": "first_one"},
                {"do": "setup", "token": token, "handle": "second_one"},
            )
            assert [("done" in each) for each in answers].count(True) == 1, answers
            assert {each.get("refused") for each in answers} in ({None, "setup_over"}, {None, "link_invalid"})
            assert len(await door.visit("test").read(door.access.masters)) == 1
            assert await door.visit("test").work(door.set_up.offer) is None
