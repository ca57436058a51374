"""Who asks for what they may not is told of, and gets the same answer whatever comes of the telling."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.features.people.administering import Staff, a_staff, an_office, listening
from tests.house import House, built

from daemun.core.errors import Unavailable
from daemun.core.event import Happening
from daemun.ports.database import Work

DENIED = "access.denied"


async def is_denied(who: Staff, path: str = "/users") -> None:
    await who.refused(403, "denied", "GET", path)


async def test_a_missing_permission_is_told_with_who_what_and_where(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, _):
        ben = await a_staff(house, "ben_2026")
        ear = listening(house)
        await is_denied(ben, "/users/01K00000000000000000000000?q=%00")
        [happening] = ear.heard
        event = happening.event
        assert (event.kind.name, event.actor.id, event.resource_id, event.target) == (DENIED, ben.id, None, None)
        assert dict(event.details) == {"permission": "users.read", "path": "/api/v1/users/{user_id}"}
        assert happening.circumstance.request_id
        assert set(event.kind.fields.values()) == {"public"}


async def test_a_loop_of_refusals_leaves_one_event_a_minute_for_each_permission(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, _):
        ben, cho = await a_staff(house, "ben_2026"), await a_staff(house, "cho_2026")
        ear = listening(house)
        for _ in range(20):
            await is_denied(ben)
            await is_denied(ben, "/roles")
        await is_denied(cho)
        assert [(each.event.actor.id, each.event.details["permission"]) for each in ear.heard] == [
            (ben.id, "users.read"),
            (ben.id, "roles.read"),
            (cho.id, "users.read"),
        ]
        ear.heard.clear()
        house.clock.advance(seconds=59)
        await is_denied(ben)
        assert ear.names() == []
        house.clock.advance(seconds=1)
        await is_denied(ben)
        assert ear.names() == [DENIED]


async def test_nobody_and_whoever_may_are_not_told_of(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        ear = listening(house)
        assert (await house.client().get("/api/v1/users")).status_code == 401
        await master.done("GET", "/users")
        assert ear.names() == []


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("a listener fell")])
async def test_a_refusal_that_cannot_be_recorded_stands_and_is_counted(database_url: str, tmp_path: Path, error: Exception) -> None:
    async with an_office(database_url, tmp_path) as (house, _):
        ben = await a_staff(house, "ben_2026")
        _break(house, error)
        await is_denied(ben)
        assert built(house.app).refusals.lost == 1


def _break(house: House, error: Exception) -> None:
    def fails(_work: Work, _happening: Happening) -> None:
        raise error

    built(house.app).bus._listeners |= {DENIED: (fails,)}
