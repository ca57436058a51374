"""Finding people page by page, and doing the same to many at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.features.people.administering import Staff, a_staff, an_office, listening, settled
from tests.house import House, built
from tests.mailbox import all_letters

from daemun.core.actor import SYSTEM
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer
from daemun.ports.database import Work


async def crowd(house: House, count: int, start: int = 0) -> list[str]:
    """People without passwords, the oldest first."""
    door = built(house.app)

    def join(work: Work, number: int) -> str:
        newcomer = Newcomer(f"person{number:04}", f"person{number:04}@example.com", f"사람 {number:04}", Secret(""))
        user = door.identity.join(work, newcomer, None, by=SYSTEM, role="user")
        door.access.grant(work, SYSTEM, user.id, "user" if number % 2 else "viewer")
        return user.id

    made = []
    for number in range(start, start + count):
        house.clock.advance(seconds=1)
        made.append(await door.visit("test").work(join, number))
    return made


async def walk(staff: Staff, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = await staff.done("GET", f"/users?limit=7&{query}{after}")
        found += page["users"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


async def test_pages_stay_whole_while_people_join(database_url: str, tmp_path: Path) -> None:
    """Nobody is shown twice and nobody is left out, whoever comes between two pages."""
    async with an_office(database_url, tmp_path) as (house, master):
        made = await crowd(house, 20)
        first = await master.done("GET", "/users?limit=7")
        later = await crowd(house, 5, start=20)
        rest, after = list(first["users"]), first["next"]
        while after:
            page = await master.done("GET", f"/users?limit=7&after={after}")
            rest, after = rest + page["users"], page["next"]
        assert [each["id"] for each in rest] == [*reversed(made), master.id]
        oldest = [each["id"] for each in await walk(master, "sort=oldest")]
        assert oldest == [master.id, *made, *later]


async def test_people_are_found_by_what_is_asked(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        made = await crowd(house, 20)
        await master.done("POST", f"/users/{made[3]}/suspend", {"reason": "까닭"})
        viewers = await walk(master, "role=viewer")
        assert [each["id"] for each in viewers] == made[18::-2] and viewers[0]["roles"] == ["viewer"]
        assert [each["handle"] for each in await walk(master, "q=person&role=user")] == [f"person{each:04}" for each in range(1, 20, 2)]
        assert [each["id"] for each in await walk(master, "status=BANNED&role=user")] == [made[3]]
        assert [each["id"] for each in await walk(master, f"q={made[5]}&role=user")] == [made[5]]
        assert await walk(master, f"q={made[5]}&role=viewer") == []
        assert await walk(master, "role=emperor") == []
        assert [each["id"] for each in await walk(master, "verified=true")] == []
        middle = (house.clock.now() - timedelta(seconds=10)).isoformat().replace("+", "%2B")
        assert [each["id"] for each in await walk(master, f"created_from={middle}")] == made[:8:-1]
        for wrong in ("limit=0", "limit=201", "status=FLYING", "after=xx", "after=%00", "sort=best", "created_from=2026", "q=%00"):
            await master.refused(422, "malformed", "GET", f"/users?{wrong}")


async def test_a_rehearsal_says_what_would_happen_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        made = await crowd(house, 4)
        boss, ben = await a_staff(house, "boss_2026", "master"), await a_staff(house, "ben_2026")
        await master.done("POST", f"/users/{made[0]}/suspend", {"reason": "앞선 까닭"})
        ids = [*made, boss.id, ben.id, master.id, "01K" + "0" * 23, ben.id]
        for action, more in (("suspend", {}), ("lift", {}), ("delete", {}), ("roles_add", {"roles": ["auditor"]}), ("end_sessions", {})):
            before, ear = settled(database_url), listening(house)
            body = {"ids": ids, "action": action, "reason": "연습", "dry_run": True} | more
            told = await master.done("POST", "/users/bulk", body)
            assert settled(database_url) == before, action
            assert ear.told() == [], action
            came = {each["id"]: each["code"] or each["result"] for each in told["users"]}
            assert len(came) == len(told["users"]) == 8
            assert (came[master.id], came["01K" + "0" * 23]) == ("own_account", "user_missing"), action
            if action == "suspend":
                assert (came[made[0]], came[made[1]], came[boss.id], told["done"]) == ("illegal_move", "done", "done", 5)


async def test_the_real_thing_does_each_in_a_story_of_its_own(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        made, ben = await crowd(house, 6), await a_staff(house, "ben_2026")
        await master.done("POST", f"/users/{made[0]}/suspend", {"reason": "앞선 까닭"})
        ear = listening(house)
        body = {"filter": {"q": "person"}, "action": "suspend", "reason": "도배", "until": "2027-01-01T00:00:00Z"}
        rehearsed = await master.done("POST", "/users/bulk", body | {"dry_run": True})
        told = await master.done("POST", "/users/bulk", body)
        assert (told["done"], told["refused"], told["users"]) == (5, 1, [{"id": made[0], "result": "refused", "code": "illegal_move"}])
        assert (rehearsed["done"], rehearsed["refused"]) == (told["done"], told["refused"])
        names = ear.told()
        assert [name for name, _ in names].count("account.suspend.success") == 5
        assert names[-1] == ("user.bulk.success", {"action": "suspend", "done": 5, "unchanged": 0, "refused": 1, "reason": "도배"})
        assert {each["status"] for each in await walk(master, "q=person")} == {"BANNED"}
        assert await ben.is_in()
        kinds = [each.kind for each in await all_letters(house)]
        assert kinds.count("account_suspended_until") == 5
        told = await master.done("POST", "/users/bulk", {"ids": made, "action": "roles_add", "roles": ["viewer"], "reason": "보기"})
        assert (told["done"], told["unchanged"], told["refused"]) == (3, 3, 0)


async def test_a_crowd_never_takes_the_last_master_along(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        other, admin = await a_staff(house, "other_one", "master"), await a_staff(house, "admin_one", "admin")
        told = await admin.done("POST", "/users/bulk", {"filter": {"role": "master"}, "action": "delete", "reason": "쿠데타"})
        assert [each["code"] for each in told["users"]] == ["master_only", "master_only"]
        body = {"ids": [master.id, other.id], "action": "roles_remove", "roles": ["master"], "reason": "정리"}
        told = await master.done("POST", "/users/bulk", body)
        assert told["users"] == [{"id": master.id, "result": "refused", "code": "own_account"}]
        assert [each["id"] for each in await walk(master, "role=master")] == [master.id]


async def test_what_is_meant_is_said_and_bounded(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        some: dict[str, Any] = {"action": "suspend", "reason": "까닭"}
        wrongs: tuple[dict[str, Any], ...] = (
            some,
            some | {"ids": [], "filter": None},
            some | {"ids": [master.id], "filter": {"q": "a"}},
            some | {"filter": {}},
            some | {"filter": {"q": "  "}},
            some | {"ids": [master.id], "roles": ["user"]},
            {"ids": [master.id], "action": "roles_add", "reason": "까닭"},
            {"ids": [master.id], "action": "erase", "reason": "까닭"},
            {"ids": [master.id], "action": "suspend"},
            some | {"ids": [master.id] * 1001},
            some | {"ids": ["x"]},
        )
        for wrong in wrongs:
            await master.refused(422, "malformed", "POST", "/users/bulk", wrong)
        await crowd(house, 3)
        monkeypatch.setattr("daemun.features.people.administration.flows.bulk.MOST", 2)
        before, ear = settled(sqlite_url), listening(house)
        await master.refused(400, "bulk_too_many", "POST", "/users/bulk", some | {"filter": {"q": "person"}})
        assert settled(sqlite_url) == before
        assert ear.told() == []
