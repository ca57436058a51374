"""Roles and permissions over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from tests.features.audit.logged import dated_lines
from tests.house import Client, House, Member, a_house, a_member, built

from daemun.core.actor import SYSTEM
from daemun.plugin import requires

HELPER = {"name": "helper", "ko": "도우미", "en": "Helper", "permissions": ["users.read", "manage_users"]}

MISFITS: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/roles", HELPER | {"name": "Helper"}, 422, "malformed"),
    ("POST", "/roles", HELPER | {"name": "h"}, 422, "malformed"),
    ("POST", "/roles", HELPER | {"name": "helper\n"}, 422, "malformed"),
    ("POST", "/roles", HELPER | {"permissions": []}, 422, "malformed"),
    ("POST", "/roles", HELPER | {"ko": "도우미\u202e"}, 422, "malformed"),
    ("POST", "/roles", HELPER | {"name": "master"}, 409, "role_exists"),
    ("POST", "/roles", HELPER | {"permissions": ["users.fly"]}, 400, "unknown_permission"),
    ("PUT", "/roles/admin", HELPER, 409, "built_in_role"),
    ("PUT", "/roles/nobody", HELPER, 404, "missing"),
    ("PUT", "/roles/%00", HELPER, 422, "malformed"),
    ("DELETE", "/roles/master?force=true", None, 409, "built_in_role"),
    ("DELETE", "/roles/nobody", None, 404, "missing"),
    ("GET", "/roles/nobody/versions", None, 404, "missing"),
    ("GET", "/roles/auditor/versions", None, 409, "built_in_role"),
    ("POST", "/roles/nobody/versions/1/restore", None, 404, "missing"),
    ("POST", "/roles/nobody/versions/0/restore", None, 422, "malformed"),
    ("POST", "/roles/nobody/versions/99999999999999999999/restore", None, 422, "malformed"),
]


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody signed in, with roles."""

    house: House
    client: Client
    token: str
    id: str

    async def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        return await self.client.http.request(
            method, f"/api/v1{path}", json=body, headers={"authorization": f"Bearer {self.token}", "accept-language": "en"}
        )

    async def me(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get("/me", token=self.token)).json()
        return found


async def a_desk(house: House, handle: str, *roles: str) -> Desk:
    client = house.client()
    member = await a_member(client, Member(), handle=handle, email=f"{handle}@example.com")
    token = (await client.log_in(member)).json()["access_token"]
    desk = Desk(house, client, token, (await client.get("/me", token=token)).json()["id"])
    await given(house, desk.id, *roles)
    return desk


async def given(house: House, user_id: str, *roles: str) -> None:
    door = built(house.app)
    for role in roles:
        await door.visit("test").work(door.access.grant, SYSTEM, user_id, role)


@asynccontextmanager
async def desks(url: str, folder: Path) -> AsyncIterator[tuple[Desk, Desk]]:
    """A master and a member."""
    async with a_house(url, folder, identity__signups_per_address="100") as house:
        yield await a_desk(house, "anna_2026", "master"), await a_desk(house, "benny_2026")


async def test_a_role_is_made_given_changed_undone_and_deleted_and_counts_at_the_next_request(database_url: str, tmp_path: Path) -> None:
    """OWASP ASVS 8.3.2."""
    async with desks(database_url, tmp_path) as (ann, ben):
        made = await ann.ask("POST", "/roles", HELPER)
        assert made.status_code == 201, made.text
        assert made.json() == {
            **HELPER,
            "number": None,
            "built_in": False,
            "version": 1,
            "grants": ["users.manage", "users.read"],
            "permissions": ["users.manage", "users.read"],
            "people": 0,
        }
        await given(ann.house, ben.id, "helper")
        assert (await ben.me())["roles"] == ["helper", "user"]
        assert {"users.manage", "users.read"} <= set((await ben.me())["permissions"])
        changed = await ann.ask("PUT", "/roles/helper", HELPER | {"permissions": ["users.read", "roles.*"]})
        assert (changed.status_code, changed.json()["version"], changed.json()["people"]) == (200, 2, 1)
        assert changed.json()["grants"] == ["roles.*", "users.read"]
        assert "users.manage" not in (await ben.me())["permissions"]
        assert (await ben.ask("GET", "/roles")).status_code == 200
        assert (await ann.ask("POST", "/roles/helper/versions/1/restore")).json()["version"] == 3
        assert (await ben.ask("GET", "/roles")).status_code == 403
        versions = (await ann.ask("GET", "/roles/helper/versions")).json()["versions"]
        assert [each["version"] for each in versions] == [3, 2, 1]
        assert versions[0]["by"] == f"user:{ann.id}"
        assert (await ann.ask("DELETE", "/roles/helper")).json()["code"] == "role_in_use"
        assert (await ann.ask("DELETE", "/roles/helper?force=true")).json() == {"name": "helper", "people": 1}
        assert (await ben.me())["roles"] == ["user"]


async def test_the_list_of_roles_is_halos_and_ours_with_what_they_are_called(database_url: str, tmp_path: Path) -> None:
    async with desks(database_url, tmp_path) as (ann, _):
        roles = (await ann.ask("GET", "/roles")).json()["roles"]
        assert [each["number"] for each in roles[:13]] == list(range(1, 14))
        assert roles[0]["people"] == 1
        assert (roles[5]["ko"], roles[5]["en"], roles[5]["built_in"]) == ("보안 관리자", "Security admin", True)
        permissions = {each["name"]: each for each in (await ann.ask("GET", "/permissions")).json()["permissions"]}
        assert set(roles[0]["permissions"]) == set(permissions)
        assert permissions["users.manage"]["aliases"] == ["manage_users"]
        assert {"master", "admin", "user_admin"} <= set(permissions["users.manage"]["roles"])
        assert all(each["ko"] and each["en"] for each in permissions.values())


async def test_a_member_neither_reads_nor_writes_roles(sqlite_url: str, tmp_path: Path) -> None:
    async with desks(sqlite_url, tmp_path) as (_, ben):
        for method, path in (
            ("GET", "/roles"),
            ("GET", "/permissions"),
            ("POST", "/roles"),
            ("PUT", "/roles/helper"),
            ("DELETE", "/roles/helper"),
            ("GET", "/roles/helper/versions"),
            ("POST", "/roles/helper/versions/1/restore"),
        ):
            assert (await ben.ask(method, path, HELPER)).status_code == 403, (method, path)
            assert (await ben.client.http.request(method, f"/api/v1{path}", json=HELPER)).status_code == 401, (method, path)


async def test_what_does_not_fit_is_refused_with_its_code(database_url: str, tmp_path: Path) -> None:
    async with desks(database_url, tmp_path) as (ann, _):
        for method, path, body, status, code in MISFITS:
            answer = await ann.ask(method, path, body)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (method, path, body)


async def test_who_may_write_roles_writes_none_above_their_own(database_url: str, tmp_path: Path) -> None:
    async with desks(database_url, tmp_path) as (ann, ben):
        await ann.ask("POST", "/roles", HELPER | {"name": "keeper", "permissions": ["roles.*", "users.read"]})
        await given(ann.house, ben.id, "keeper")
        refused = await ben.ask("POST", "/roles", HELPER | {"permissions": ["manage_users"]})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours_to_give")
        assert (await ben.ask("PUT", "/roles/keeper", HELPER | {"permissions": ["*"]})).status_code == 403
        assert (await ben.ask("POST", "/roles", HELPER | {"permissions": ["users.read"]})).status_code == 201
        log = "".join(await dated_lines(ann.house))
        assert log.count('"role.change"') == 2
        assert '"not_yours_to_give"' in log


async def test_a_route_may_ask_for_a_permission_by_the_name_the_internal_tool_knows(sqlite_url: str, tmp_path: Path) -> None:
    async with desks(sqlite_url, tmp_path) as (ann, ben):
        app: FastAPI = ann.house.app

        @app.get("/people-desk", dependencies=[requires("manage_users")])
        async def people_desk() -> None: ...

        assert (await ann.client.get("/people-desk", token=ann.token)).status_code == 200
        assert (await ben.client.get("/people-desk", token=ben.token)).status_code == 403


async def test_who_signs_up_is_given_the_role_of_a_user_by_the_house(database_url: str, tmp_path: Path) -> None:
    async with desks(database_url, tmp_path) as (_, ben):
        assert (await ben.me())["roles"] == ["user"]
