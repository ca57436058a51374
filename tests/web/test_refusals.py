"""Who asks for what they may not is told of, and gets the same answer whatever comes of the telling; so is who looks at people."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.features.people.administering import Staff, a_staff, an_office, listening
from tests.house import House, built

from daemun.core.errors import Unavailable
from daemun.core.event import Happening
from daemun.ports.database import Work

DENIED, REFUSED, SEEN = "access.denied", "access.sensitive.denied", "access.sensitive.success"


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


async def test_strangers_at_sensitive_paths_are_told_once_a_minute_for_each_network(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, _):
        ear = listening(house)
        for address in ("198.51.100.7", "198.51.100.8", "203.0.114.9"):
            assert (await house.client(address).get("/api/v1/users/01K00000000000000000000000")).status_code == 401
        assert (await house.client().get("/me")).status_code == 401, "not sensitive: everybody's programs run into it"
        told = {"code": "unauthenticated", "path": "/api/v1/users/{user_id}"}
        assert ear.told() == [(REFUSED, {**told, "unsaid": 0}), (REFUSED, {**told, "unsaid": 1})]


async def test_a_flood_from_everywhere_leaves_a_bounded_trace_that_says_how_much_it_left_out(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, _):
        ear = listening(house)
        for network in range(100):
            await house.client(f"198.51.{network}.7").get("/api/v1/users")
        assert ear.names() == [REFUSED] * 60
        house.clock.advance(minutes=1)
        await house.client("198.51.200.7").get("/api/v1/users")
        assert [details["unsaid"] for _, details in ear.told()] == [40]


async def test_who_is_known_is_told_of_when_they_must_prove_it_again(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        house.clock.advance(minutes=6)
        ear = listening(house)
        await master.refused(401, "reauthentication_due", "POST", "/sessions/end-everyone", {})
        [happening] = ear.heard
        assert (happening.event.actor.id, happening.event.details["code"]) == (master.id, "reauthentication_due")


async def test_looking_at_people_is_told_once_a_minute_for_each_place(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        ear = listening(house)
        for path in ("/users", "/users?q=kim", f"/users/{master.id}", "/users"):
            await master.done("GET", path)
        assert [(each.event.kind.name, each.circumstance.path) for each in ear.heard] == [
            (SEEN, "/api/v1/users"),
            (SEEN, f"/api/v1/users/{master.id}"),
        ]
        assert dict(ear.heard[1].event.details) == {"permission": "users.read", "path": "/api/v1/users/{user_id}"}


async def test_what_cannot_be_recorded_is_not_shown(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        _break(house, Unavailable(), SEEN)
        await master.refused(503, "unavailable", "GET", "/users")
        await master.refused(503, "unavailable", "GET", "/users")


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("a listener fell")])
async def test_a_refusal_that_cannot_be_recorded_stands_and_is_counted(database_url: str, tmp_path: Path, error: Exception) -> None:
    async with an_office(database_url, tmp_path) as (house, _):
        ben = await a_staff(house, "ben_2026")
        _break(house, error)
        await is_denied(ben)
        assert built(house.app).watchman.lost == 1


def _break(house: House, error: Exception, event: str = DENIED) -> None:
    def fails(_work: Work, _happening: Happening) -> None:
        raise error

    built(house.app).bus._listeners |= {event: (fails,)}
