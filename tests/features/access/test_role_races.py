"""Real processes that change roles at the same moment, on both databases."""

from __future__ import annotations

import pytest
from tests.features.access.rooms import a_room, migrate, user_id
from tests.racing import processes, run

from daemun.core.actor import SYSTEM

pytestmark = pytest.mark.processes
ROUNDS = 8
RACER = "tests.features.access.racer"


async def test_masters_who_take_the_role_from_each_other_at_once_leave_one(database_url: str) -> None:
    migrate(database_url)
    with processes(2, RACER, database_url) as runners:
        async with a_room(database_url) as room:
            for _ in range(ROUNDS):
                for name in ("ann", "bob"):
                    await room.somebody(name, "master")
                answers = run(
                    runners,
                    {"do": "take", "by": "ann", "whom": "bob", "role": "master"},
                    {"do": "take", "by": "bob", "whom": "ann", "role": "master"},
                )
                assert {"done": True} in answers
                assert {"refused": "master_only"} in answers, "the other is no master any more"
                assert len(await room.read(room.access.masters)) == 1


async def test_masters_who_resign_at_once_leave_one(database_url: str) -> None:
    migrate(database_url)
    names = ("ann", "bob", "cho")
    with processes(len(names), RACER, database_url) as runners:
        async with a_room(database_url) as room:
            for _ in range(ROUNDS):
                for name in names:
                    await room.somebody(name, "master")
                answers = run(runners, *({"do": "take", "by": each, "whom": each, "role": "master"} for each in names))
                assert sorted(each.get("refused", "") for each in answers) == ["", "", "last_master"]
                assert len(await room.read(room.access.masters)) == 1


async def test_nobody_has_a_role_that_was_deleted_while_it_was_given(database_url: str) -> None:
    migrate(database_url)
    with processes(3, RACER, database_url) as runners:
        async with a_room(database_url) as room:
            await room.somebody("ann", "master")
            for _ in range(ROUNDS):
                await room.write("helper", "users.read")
                given, deleted, other = run(
                    runners,
                    {"do": "grant", "by": "ann", "whom": "ben", "role": "helper"},
                    {"do": "delete", "by": "ann", "role": "helper"},
                    {"do": "grant", "by": "ann", "whom": "cho", "role": "helper"},
                )
                assert deleted["done"] == [given, other].count({"done": True})
                assert [given, other].count({"refused": "unknown_role"}) == 2 - deleted["done"]
                assert await room.read(room.access.in_role, "helper") == ()


async def test_an_administrator_who_loses_the_role_gives_it_to_nobody_after_that(database_url: str) -> None:
    """Whichever comes first: what was given stands only if it was given by somebody who still held it."""
    migrate(database_url)
    with processes(2, RACER, database_url) as runners:
        async with a_room(database_url) as room:
            await room.somebody("ann", "master")
            for _ in range(ROUNDS):
                await room.somebody("zoe", "admin", "user")
                given, taken = run(
                    runners,
                    {"do": "grant", "by": "zoe", "whom": "ben", "role": "admin"},
                    {"do": "take", "by": "ann", "whom": "zoe", "role": "admin"},
                )
                assert taken == {"done": True}
                assert given in ({"done": True}, {"refused": "not_yours_to_give"})
                assert (user_id("ben") in await room.read(room.access.in_role, "admin")) == (given == {"done": True})
                await room.work(room.access.set_roles, SYSTEM, user_id("ben"), [])
