"""Roles of one's own: written, rewritten, undone, deleted, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.features.access.rooms import CATALOGUE, a_room, user_id

from daemun.core.actor import SYSTEM
from daemun.features.access import Draft
from daemun.features.access.roles import BUILT_IN
from daemun.plugin import Permission

BEN = user_id("ben")


def helper(*grants: str, en: str = "Helper") -> Draft:
    return Draft("helper", "도우미", en, grants)


async def test_a_role_of_ones_own_gives_what_it_says_and_changes_at_once(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        await room.work(room.policy.create, ann, helper("users.read"))
        ben = await room.somebody("ben", "helper", "user")
        assert ben.permissions == room.access.built_in["user"].permissions | {"users.read"}
        await room.work(room.policy.change, ann, helper("*.read", "plans.manage"))
        assert (await room.seen("ben")).permissions >= {"audit.read", "plans.manage", "roles.read"}
        await room.work(room.policy.delete, ann, "helper", force=True)
        assert (await room.seen("ben")).permissions == room.access.built_in["user"].permissions
        assert await room.roles("ben") == ("user",)


async def test_every_change_is_recorded_with_its_difference(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        await room.work(room.policy.create, ann, helper("users.read", "send_data"))
        await room.work(room.policy.change, ann, helper("users.read", "plans.manage", en="Aide"))
        await room.work(room.policy.change, ann, helper("plans.manage", "users.read", "users.read", en="Aide"))
        await room.somebody("ben", "helper")
        await room.work(room.policy.delete, ann, "helper", force=True)
        assert room.told() == [
            ("role.revoke.success", {"role": "helper"}),
            ("role.delete.success", {"version": 3, "removed": "plans.manage users.read", "people": 1}),
        ]
        await room.work(room.policy.restore_version, ann, "helper", 1)
        await room.work(room.policy.change, ann, helper("users.read", en="Aide"))
        assert room.told() == [
            ("role.create.success", {"version": 4, "added": "runs.send users.read"}),
            ("role.update.success", {"version": 5, "added": "", "removed": "runs.send", "renamed": True}),
        ]


async def test_every_version_stays_and_can_be_brought_back(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        await room.work(room.policy.create, ann, helper("users.read"))
        await room.work(room.policy.change, ann, helper("users.*"))
        await room.somebody("ben", "helper")
        back = await room.work(room.policy.restore_version, ann, "helper", 1)
        assert (back.version, back.grants, back.by) == (3, ("users.read",), f"user:{ann.id}")
        assert (await room.seen("ben")).permissions == {"users.read"}
        await room.work(room.policy.delete, ann, "helper", force=True)
        await room.work(room.policy.restore_version, ann, "helper", 2)
        assert await room.roles("ben") == ()
        told = [(each.version, each.grants, each.retired) for each in await room.read(room.policy.versions, "helper")]
        assert told == [
            (5, ("users.*",), False),
            (4, ("users.read",), True),
            (3, ("users.read",), False),
            (2, ("users.*",), False),
            (1, ("users.read",), False),
        ]


async def test_what_is_not_there_is_not_changed(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        await room.refused("missing", room.policy.change, ann, helper("users.read"))
        await room.refused("missing", room.policy.delete, ann, "helper", force=True)
        await room.refused("missing", room.policy.restore_version, ann, "helper", 1)
        await room.work(room.policy.create, ann, helper("users.read"))
        await room.refused("missing", room.policy.restore_version, ann, "helper", 2)
        await room.refused("role_exists", room.policy.create, ann, helper("users.read"))


@pytest.mark.parametrize("name", [role.name for role in BUILT_IN])
async def test_built_in_roles_are_not_rewritten(sqlite_url: str, name: str) -> None:
    async with a_room(sqlite_url) as room:
        draft = Draft(name, "역할", "Role", ("users.read",))
        await room.refused("role_exists", room.policy.create, SYSTEM, draft)
        await room.refused("built_in_role", room.policy.change, SYSTEM, draft)
        await room.refused("built_in_role", room.policy.delete, SYSTEM, name, force=True)
        await room.refused("built_in_role", room.policy.restore_version, SYSTEM, name, 1)


async def test_a_role_holds_known_permissions_only(sqlite_url: str) -> None:
    async with a_room(sqlite_url) as room:
        refusal = await room.refused("unknown_permission", room.policy.create, SYSTEM, helper("users.read", "users.fly", "cats.*", "nope"))
        assert refusal.data == {"names": "cats.*, nope, users.fly"}


async def test_a_role_in_use_is_deleted_only_on_purpose(database_url: str) -> None:
    async with a_room(database_url) as room:
        await room.write("helper", "users.read")
        for name in ("ben", "cho"):
            await room.somebody(name, "helper", "user")
        refusal = await room.refused("role_in_use", room.policy.delete, SYSTEM, "helper", force=False)
        assert refusal.data == {"people": 2}
        assert await room.work(room.policy.delete, SYSTEM, "helper", force=True) == 2
        assert await room.read(room.access.in_role, "helper") == ()
        await room.refused("unknown_role", room.access.grant, SYSTEM, BEN, "helper")


async def test_nobody_writes_down_what_they_do_not_hold(database_url: str) -> None:
    """OWASP ASVS 8.2.1: not in a new role, nor an old one, nor by taking it out, nor by bringing an old version back."""
    async with a_room(database_url) as room:
        await room.write("role_keeper", "roles.*")
        await room.write("strong", "plans.manage")
        await room.work(room.policy.change, SYSTEM, Draft("strong", "강함", "Strong", ("users.read",)))
        zoe = await room.somebody("zoe", "user_admin", "role_keeper")
        attempts: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
            ("create", room.policy.create, (Draft("mine", "내 것", "Mine", ("plans.manage",)),)),
            ("create", room.policy.create, (Draft("mine", "내 것", "Mine", ("users.*",)),)),
            ("create", room.policy.create, (Draft("mine", "내 것", "Mine", ("*",)),)),
            ("create", room.policy.create, (Draft("mine", "내 것", "Mine", ("view_audit_logs",)),)),
            ("update", room.policy.change, (Draft("role_keeper", "열쇠", "Keeper", ("roles.*", "plans.manage")),)),
            ("update", room.policy.change, (Draft("strong", "강함", "Strong", ("users.read", "*.read")),)),
            ("update", room.policy.restore_version, ("strong", 1)),
        ]
        for act, story, what in attempts:
            await room.refused("not_yours_to_give", story, zoe, *what)
            assert room.told() == [("role.change.denied", {"act": act, "reason": "not_yours_to_give"})]
        await room.work(room.policy.change, SYSTEM, Draft("strong", "강함", "Strong", ("plans.manage",)))
        room.told()
        await room.refused("not_yours_to_give", room.policy.change, zoe, Draft("strong", "강함", "Strong", ("users.read",)))
        await room.refused("not_yours_to_give", room.policy.delete, zoe, "strong", force=True)
        assert [what["act"] for _, what in room.told()] == ["update", "delete"]
        await room.work(room.policy.create, zoe, Draft("mine", "내 것", "Mine", ("users.read", "manage_users", "roles.*")))


async def test_only_a_master_takes_a_role_from_a_master_by_deleting_it(database_url: str) -> None:
    async with a_room(database_url) as room:
        await room.write("helper", "users.read")
        ann = await room.somebody("ann", "master", "helper")
        zoe = await room.somebody("zoe", "admin")
        await room.refused("master_only", room.policy.delete, zoe, "helper", force=True)
        assert await room.work(room.policy.delete, ann, "helper", force=True) == 1


async def test_a_role_is_not_taken_from_those_above_by_deleting_or_emptying_it(database_url: str) -> None:
    """Clause 48: what `take` refuses for one, a change of the role refuses for all who have it."""
    async with a_room(database_url) as room:
        await room.write("helper", "users.read", "users.manage")
        await room.write("role_keeper", "roles.*")
        zoe = await room.somebody("zoe", "user_admin", "role_keeper")
        await room.somebody("boss", "admin", "helper")
        await room.refused("outranked", room.access.take, zoe, user_id("boss"), "helper")
        room.told()
        await room.refused("outranked", room.policy.delete, zoe, "helper", force=True)
        await room.refused("outranked", room.policy.change, zoe, helper("users.read"))
        assert [what["act"] for _, what in room.told()] == ["delete", "update"]
        assert "helper" in await room.roles("boss")
        await room.work(room.policy.change, zoe, helper("users.read", "users.manage", "roles.read"))
        await room.work(room.access.take, SYSTEM, user_id("boss"), "helper")
        await room.somebody("ben", "helper")
        assert await room.work(room.policy.delete, zoe, "helper", force=True) == 1


async def test_a_permission_that_is_gone_with_its_tool_is_nobodys(database_url: str) -> None:
    async with a_room(database_url, [*CATALOGUE, Permission("cats.read", "고양이", "Cats")]) as room:
        await room.write("helper", "cats.*", "users.read")
        assert (await room.somebody("ben", "helper")).permissions == {"cats.read", "users.read"}
    async with a_room(database_url) as room:
        assert (await room.seen("ben")).permissions == {"users.read"}


async def test_the_listing_shows_every_role_with_what_it_gives_and_to_how_many(database_url: str) -> None:
    async with a_room(database_url) as room:
        await room.write("helper", "users.*")
        for name in ("ben", "cho"):
            await room.somebody(name, "helper")
        listed = {each.name: each for each in await room.read(room.policy.listing)}
        assert list(listed) == [*(role.name for role in BUILT_IN), "helper"]
        assert listed["helper"].permissions == ("users.manage", "users.read", "users.recover")
        assert (listed["helper"].people, listed["helper"].version, listed["helper"].number) == (2, 1, None)
        assert (listed["security_admin"].number, listed["security_admin"].ko, listed["security_admin"].version) == (6, "보안 관리자", None)
