"""Housekeeping is done by one of all, when it is due."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.house import a_house, built

from daemun.app.build import House
from daemun.app.chores import Chores, Done
from daemun.plugin import Chore, Unavailable, Visit

HOUR = timedelta(hours=1)


def a_chore(name: str = "sweep", *, said: list[str], fails: Exception | None = None) -> Chore:
    async def run(visit: Visit) -> int:
        said.append(name)
        await asyncio.sleep(0.01)
        if fails is not None:
            raise fails
        return len(said)

    return Chore(name, HOUR, "쓸기", "Sweeping", run)


def keeper(house: House, *chores: Chore, me: str = "one") -> Chores:
    return Chores(chores, me, house.visit)


async def test_a_chore_is_done_when_it_is_due_and_not_again_before(database_url: str, tmp_path: Path) -> None:
    said: list[str] = []
    async with a_house(database_url, tmp_path) as house:
        keep = keeper(built(house.app), a_chore(said=said))
        assert await keep.due() == [Done("sweep", 1)]
        house.clock.advance(minutes=59)
        assert await keep.due() == []
        house.clock.advance(minutes=1)
        assert await keep.due() == [Done("sweep", 2)]
        assert await keep.now() == [Done("sweep", 3)], "asked for, it is done whether due or not"


async def test_of_several_processes_one_does_it(database_url: str, tmp_path: Path) -> None:
    said: list[str] = []
    async with a_house(database_url, tmp_path) as house:
        keepers = [keeper(built(house.app), a_chore(said=said), me=f"process {number}") for number in range(8)]
        done = await asyncio.gather(*(each.due() for each in keepers))
        assert said == ["sweep"], "the others find it in somebody's hands"
        assert [each for each in done if each] == [[Done("sweep", 1)]]


async def test_a_chore_left_by_a_killed_process_is_taken_up_when_its_lease_is_over(database_url: str, tmp_path: Path) -> None:
    said: list[str] = []
    async with a_house(database_url, tmp_path) as house:
        dying = asyncio.create_task(keeper(built(house.app), a_chore(said=said), me="dies").due())
        while not said:
            await asyncio.sleep(0.001)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        heir = keeper(built(house.app), a_chore(said=said), me="heir")
        assert await heir.now() == []
        house.clock.advance(minutes=10)
        assert await heir.now() == [Done("sweep", 2)]


@pytest.mark.parametrize(("error", "told"), [(Unavailable(), "unavailable"), (KeyError("secret"), "KeyError")])
async def test_a_chore_that_fails_keeps_no_other_from_being_done(error: Exception, told: str, database_url: str, tmp_path: Path) -> None:
    said: list[str] = []
    async with a_house(database_url, tmp_path) as house:
        keep = keeper(built(house.app), a_chore("falls", said=said, fails=error), a_chore("sweep", said=said))
        assert await keep.due() == [Done("falls", None, told), Done("sweep", 2)]
        standing = {each.name: each for each in await keep.standing()}
        assert (standing["falls"].failed, standing["falls"].done_at) == (told, None)
        assert standing["sweep"].done_at == house.clock.now()
