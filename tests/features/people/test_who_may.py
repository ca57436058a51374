"""Every route of administration, by every role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.features.people.administering import NOBODY_ID, Staff, a_staff, an_office, holding, listening
from tests.house import House, built

from daemun.core.actor import SYSTEM
from daemun.features.access import Draft, RolePolicy
from daemun.features.access.roles import BUILT_IN

WHO: dict[str, tuple[str, ...]] = {
    "users.read": ("master", "admin", "user_admin", "support_admin", "auditor"),
    "users.manage": ("master", "admin", "user_admin"),
    "users.recover": ("master", "admin", "support_admin"),
    "users.erase": ("master", "admin"),
    "users.hold": ("master", "admin"),
    "records.read": ("master", "admin", "user_admin", "security_admin", "auditor"),
    "sessions.end_everyone": ("master", "admin"),
}
NEW = {"handle": "new.one", "email": "n@example.com", "name": "새 사람"}
WHOM, SOME = f"/users/{NOBODY_ID}", {"reason": "까닭"}
TAKEN = "master_one@example.com"
# What those hear who may: mostly that there is no such person, which says enough and changes nothing.
ROUTES: list[tuple[str, str, Any, str, int]] = [
    ("GET", "/users", None, "users.read", 200),
    ("POST", "/users", {"handle": "new.one", "email": TAKEN, "name": "새 사람"}, "users.manage", 409),
    ("POST", "/users/bulk", {"ids": [NOBODY_ID], "action": "suspend", "reason": "까닭"}, "users.manage", 200),
    ("GET", WHOM, None, "users.read", 404),
    ("PATCH", WHOM, {"name": "새 이름"}, "users.manage", 404),
    ("PUT", f"{WHOM}/roles", {"roles": ["user"]}, "users.manage", 404),
    ("GET", f"{WHOM}/logins", None, "records.read", 404),
    ("GET", f"{WHOM}/sessions", None, "records.read", 404),
    ("DELETE", f"{WHOM}/sessions", None, "users.manage", 404),
    ("DELETE", f"{WHOM}/sessions/{NOBODY_ID}", None, "users.manage", 404),
    ("POST", f"{WHOM}/suspend", SOME, "users.manage", 404),
    ("POST", f"{WHOM}/lift", SOME, "users.manage", 404),
    ("POST", f"{WHOM}/delete", SOME, "users.manage", 404),
    ("POST", f"{WHOM}/restore", SOME, "users.manage", 404),
    ("POST", f"{WHOM}/erase", SOME, "users.erase", 404),
    ("POST", f"{WHOM}/hold", SOME, "users.hold", 404),
    ("POST", f"{WHOM}/release", SOME, "users.hold", 404),
    ("POST", f"{WHOM}/unlock", None, "users.recover", 404),
    ("POST", f"{WHOM}/recovery", None, "users.recover", 404),
    ("GET", "/invitations", None, "users.manage", 200),
    ("POST", "/invitations", {"email": TAKEN}, "users.manage", 409),
    ("POST", f"/invitations/{NOBODY_ID}/resend", None, "users.manage", 404),
    ("DELETE", f"/invitations/{NOBODY_ID}", None, "users.manage", 404),
    ("POST", "/sessions/end-everyone", None, "sessions.end_everyone", 200),
]
CAREFUL = {
    ("POST", "/users"),
    ("POST", "/users/bulk"),
    ("PATCH", WHOM),
    ("PUT", f"{WHOM}/roles"),
    ("POST", f"{WHOM}/delete"),
    ("POST", f"{WHOM}/erase"),
    ("POST", f"{WHOM}/release"),
    ("POST", "/invitations"),
    ("POST", f"/invitations/{NOBODY_ID}/resend"),
    ("POST", "/sessions/end-everyone"),
}
ACTS: list[tuple[str, str, Any]] = [
    ("PATCH", "", {"email": "thief@example.com"}),
    ("DELETE", "/sessions", None),
    ("POST", "/suspend", SOME),
    ("POST", "/lift", SOME),
    ("POST", "/delete", SOME),
    ("POST", "/restore", SOME),
    ("POST", "/erase", SOME),
    ("POST", "/hold", SOME),
    ("POST", "/release", SOME),
    ("POST", "/unlock", None),
    ("POST", "/recovery", None),
]


async def test_every_role_may_what_the_table_says_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    """Clause 48: function by function, for every built-in role and for none. Clause 49: each change of roles bites at the next request."""
    async with an_office(database_url, tmp_path) as (house, _):
        zoe = await a_staff(house, "zoe_2026")
        for role in [*(each.name for each in BUILT_IN), ""]:
            await holding(house, zoe.id, *([role] if role else []))
            for method, path, body, needs, answers in ROUTES:
                answer = await zoe.ask(method, path, body)
                expected = answers if role in WHO[needs] else 403
                if role == "admin" and needs == "sessions.end_everyone":
                    expected = 403  # masters are among everyone
                assert answer.status_code == expected, f"{role or 'nobody'}: {method} {path}: {answer.text}"


async def test_the_table_names_every_route_there_is(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, _):
        paths = house.app.openapi()["paths"]
        ours = {
            (method.upper(), path) for path, each in paths.items() for method in each if path.startswith(("/api/v1/users", "/api/v1/inv"))
        }
        tested = {(method, f"/api/v1{_general(path)}") for method, path, *_ in ROUTES if path != "/sessions/end-everyone"}
        assert ours == tested


async def test_a_stranger_gets_nothing(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, _):
        for method, path, body, *_ in ROUTES:
            answer = await house.client().http.request(method, f"/api/v1{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), path


async def test_what_is_dangerous_asks_again_who_it_is(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 45: an authentication older than five minutes is too old for e-mail, roles, deletion, erasing and everybody's sessions."""
    async with an_office(sqlite_url, tmp_path) as (house, master):
        house.clock.advance(minutes=5, seconds=1)
        for method, path, body, _, answers in ROUTES:
            answer = await master.ask(method, path, body)
            if (method, path) in CAREFUL:
                assert (answer.status_code, answer.json()["code"]) == (401, "reauthentication_due"), path
                assert 'max_age="300"' in answer.headers["www-authenticate"]
            else:
                assert answer.status_code == answers, path
        await master.done("POST", "/users/bulk", {"ids": [master.id], "action": "suspend", "reason": "연습", "dry_run": True})


@pytest.mark.parametrize("above", ["master", "admin", "security_admin"])
async def test_nobody_reaches_somebody_above_them(database_url: str, tmp_path: Path, above: str) -> None:
    """Clause 48, object by object: whoever may more is out of reach, and the attempt is told."""
    async with an_office(database_url, tmp_path) as (house, _):
        zoe = await a_staff(house, "zoe_2026", "user_admin", "support_admin")
        await _with(house, zoe, "users.erase", "users.hold")
        boss = await a_staff(house, "boss_2026", above)
        ear = listening(house)
        for method, path, body in ACTS:
            answer = await zoe.ask(method, f"/users/{boss.id}{path}", body)
            assert (answer.status_code, answer.json()["code"]) == (403, "master_only" if above == "master" else "outranked"), path
            assert ear.names() == ["user.administer.denied"], path
        for roles in ([], ["user"], [above]):
            assert (await zoe.ask("PUT", f"/users/{boss.id}/roles", {"roles": roles})).status_code == 403
        assert await boss.is_in()


async def test_nobody_hands_out_what_they_do_not_hold(database_url: str, tmp_path: Path) -> None:
    """Clause 48: not by roles, not with a new account, not by an invitation, not in bulk."""
    async with an_office(database_url, tmp_path) as (house, _):
        zoe = await a_staff(house, "zoe_2026", "user_admin")
        ben = await a_staff(house, "ben_2026")
        for role, code in (("master", "master_only"), ("admin", "not_yours_to_give"), ("auditor", "not_yours_to_give")):
            await zoe.refused(403, code, "PUT", f"/users/{ben.id}/roles", {"roles": ["user", role]})
            await zoe.refused(
                403, code, "POST", "/users", {"handle": "new.one", "email": "n@example.com", "name": "새 사람", "roles": [role]}
            )
            await zoe.refused(403, code, "POST", "/invitations", {"email": "n@example.com", "roles": [role]})
            many = await zoe.done("POST", "/users/bulk", {"ids": [ben.id], "action": "roles_add", "roles": [role], "reason": "까닭"})
            assert [each["code"] for each in many["users"]] == [code]
        await zoe.refused(403, "own_roles", "PUT", f"/users/{zoe.id}/roles", {"roles": ["user", "user_admin", "support_admin"]})
        await zoe.refused(403, "own_account", "POST", f"/users/{zoe.id}/lift", SOME)
        await zoe.done("PUT", f"/users/{ben.id}/roles", {"roles": ["user", "user_admin"]})


async def test_ones_own_account_is_not_administered(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 45: what needs one's own password at one's own account cannot be had around the back."""
    async with an_office(sqlite_url, tmp_path) as (house, master):
        await a_staff(house, "second_one", "master")
        for method, path, body in ACTS:
            await master.refused(403, "own_account", method, f"/users/{master.id}{path}", body)
        await master.done("PUT", f"/users/{master.id}/roles", {"roles": []})
        assert (await master.ask("GET", "/users")).status_code == 403


async def test_support_sees_people_and_not_what_was_written_about_them(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 48, field by field."""
    async with an_office(sqlite_url, tmp_path) as (house, master):
        support, auditor = await a_staff(house, "help_2026", "support_admin"), await a_staff(house, "audit_2026", "auditor")
        ben = await a_staff(house, "ben_2026")
        await master.done("POST", f"/users/{ben.id}/suspend", {"reason": "비밀 까닭"})
        await master.done("POST", f"/users/{ben.id}/hold", {"reason": "비밀 소송"})
        seen = await support.ask("GET", f"/users/{ben.id}")
        assert seen.json()["record"] is None
        assert "비밀" not in seen.text + (await support.ask("GET", "/users")).text
        assert (await auditor.done("GET", f"/users/{ben.id}"))["record"]["status_reason"] == "비밀 까닭"
        assert (await auditor.done("GET", f"/users/{ben.id}"))["record"]["held"] == "비밀 소송"


def _general(path: str) -> str:
    kind = "link_id" if path.startswith("/invitations") else "user_id"
    return path.replace(f"sessions/{NOBODY_ID}", "sessions/{session_id}").replace(NOBODY_ID, f"{{{kind}}}")


async def _with(house: House, staff: Staff, *grants: str) -> None:
    """A role of one's own besides."""
    door = built(house.app)
    await door.visit("test").work(RolePolicy(door.access).create, SYSTEM, Draft("extra", "더", "more", grants))
    await door.visit("test").work(door.access.grant, SYSTEM, staff.id, "extra")
