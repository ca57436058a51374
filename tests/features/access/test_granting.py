"""Who may give and take what, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.features.access.rooms import CATALOGUE, a_room, user_id

from daemun.core.actor import NOBODY, SYSTEM, Actor
from daemun.features.access import MasterOnly, Outranked
from daemun.features.access.roles import BUILT_IN

ADMINS = [role.name for role in BUILT_IN if role.name not in ("master", "user", "pro", "viewer")]
BEN = user_id("ben")


async def test_a_role_is_given_once_and_taken_once_and_both_are_said(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        assert await room.work(room.access.grant, ann, BEN, "user_admin")
        assert not await room.work(room.access.grant, ann, BEN, "user_admin")
        assert await room.roles("ben") == ("user_admin",)
        assert await room.work(room.access.take, ann, BEN, "user_admin")
        assert not await room.work(room.access.take, ann, BEN, "user_admin")
        assert await room.roles("ben") == ()
        assert room.told() == [("role.grant.success", {"role": "user_admin"}), ("role.revoke.success", {"role": "user_admin"})]


async def test_somebody_has_exactly_the_roles_that_were_set(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        await room.somebody("ben", "user", "auditor", "chat_admin")
        change = await room.work(room.access.set_roles, ann, BEN, ["user", "user_admin", "user_admin"])
        assert (change.given, change.taken) == (("user_admin",), ("auditor", "chat_admin"))
        assert await room.roles("ben") == ("user", "user_admin")
        assert not await room.work(room.access.set_roles, ann, BEN, ["user", "user_admin"])


async def test_setting_roles_is_all_or_nothing(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        await room.somebody("ben", "user")
        await room.refused("unknown_role", room.access.set_roles, ann, BEN, ["auditor", "emperor"])
        assert await room.roles("ben") == ("user",)
        assert room.told() == []


@pytest.mark.parametrize("role", ["emperor", "", "Master", "users.*"])
async def test_a_role_that_does_not_exist_is_neither_given_nor_taken(sqlite_url: str, role: str) -> None:
    async with a_room(sqlite_url) as room:
        ann = await room.somebody("ann", "master")
        await room.refused("unknown_role", room.access.grant, ann, BEN, role)
        await room.refused("unknown_role", room.access.take, ann, BEN, role)
        await room.refused("unknown_role", room.access.grant, SYSTEM, BEN, role)


@pytest.mark.parametrize("climber", ADMINS)
async def test_no_administrator_climbs(database_url: str, climber: str) -> None:
    """OWASP ASVS 8.2.1: every way up is refused to every administrator, whichever roles they also manage; and each attempt is told."""
    async with a_room(database_url) as room:
        await room.write("role_keeper", "roles.*")
        zoe = await room.somebody("zoe", climber, "role_keeper", "user")
        await room.somebody("boss", "master")
        await room.somebody("chief", "admin")
        mine = room.access.built_in[climber]
        beyond = next((each for each in ADMINS if not mine.cover(room.access.built_in[each])), None)
        attempts = [
            ("master_only", "grant", BEN, "master"),
            ("own_roles", "grant", zoe.id, "master"),
            ("own_roles", "grant", zoe.id, climber),
            ("own_roles", "grant", zoe.id, "user"),
            ("master_only", "take", user_id("boss"), "master"),
            ("master_only", "grant", user_id("boss"), "user"),
        ]
        if beyond:
            attempts += [
                ("not_yours_to_give", "grant", BEN, beyond),
                ("own_roles", "grant", zoe.id, beyond),
                ("outranked", "take", user_id("chief"), "admin"),
                ("outranked", "grant", user_id("chief"), "role_keeper"),
            ]
        before = {name: await room.roles(name) for name in ("zoe", "ben", "boss", "chief")}
        for code, act, target, role in attempts:
            await room.refused(code, getattr(room.access, act), zoe, target, role)
            assert room.told() == [("role.change.denied", {"act": act, "reason": code})], (act, target, role)
        assert {name: await room.roles(name) for name in before} == before


async def test_a_role_whose_permissions_an_upgrade_will_bring_is_not_given_by_those_who_lack_its_pattern(sqlite_url: str) -> None:
    """Today `chat.*` is nothing; that is no reason to hand it out."""
    async with a_room(sqlite_url) as room:
        await room.write("role_keeper", "roles.*")
        zoe = await room.somebody("zoe", "user_admin", "role_keeper")
        assert room.access.built_in["chat_admin"].permissions == frozenset()
        await room.refused("not_yours_to_give", room.access.grant, zoe, BEN, "chat_admin")


async def test_what_one_holds_one_may_give_and_take(database_url: str) -> None:
    async with a_room(database_url) as room:
        await room.write("role_keeper", "roles.*")
        zoe = await room.somebody("zoe", "user_admin", "role_keeper")
        await room.somebody("ben", "user")
        assert await room.work(room.access.grant, zoe, BEN, "user_admin")
        assert await room.work(room.access.take, zoe, BEN, "user_admin")


async def test_what_was_taken_since_the_gate_looked_is_not_given_any_more(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        zoe = await room.somebody("zoe", "admin", "user")
        await room.work(room.access.take, ann, zoe.id, "admin")
        await room.refused("not_yours_to_give", room.access.grant, zoe, BEN, "user_admin")


async def test_a_session_or_key_that_is_narrower_than_its_person_gives_no_more_than_itself(sqlite_url: str) -> None:
    async with a_room(sqlite_url) as room:
        ann = await room.somebody("ann", "admin")
        narrow = replace(ann, permissions=frozenset({"roles.manage", "users.read"}))
        await room.refused("not_yours_to_give", room.access.grant, narrow, BEN, "user_admin")
        key = Actor("token", "01KTOKEN", frozenset({"roles.manage", "users.read", "users.manage"}), holder=ann.id)
        assert await room.work(room.access.grant, key, BEN, "user_admin")
        await room.refused("master_only", room.access.grant, key, BEN, "master")
        await room.refused("not_yours_to_give", room.access.grant, key, BEN, "auditor")


async def test_the_last_master_stays(database_url: str) -> None:
    async with a_room(database_url) as room:
        ann = await room.somebody("ann", "master")
        for by in (ann, SYSTEM):
            await room.refused("last_master", room.access.take, by, ann.id, "master")
            await room.refused("last_master", room.access.set_roles, by, ann.id, [])
        bob = await room.somebody("bob", "master")
        room.asleep.add(bob.id)
        await room.refused("last_master", room.access.take, ann, ann.id, "master")
        assert (await room.work(room.access.keep_a_master, ann.id)) is not None
        room.asleep.clear()
        assert (await room.work(room.access.keep_a_master, ann.id)) is None
        assert await room.work(room.access.take, ann, ann.id, "master")
        assert await room.read(room.access.masters) == (bob.id,)


async def test_whoever_is_no_master_may_go(sqlite_url: str) -> None:
    async with a_room(sqlite_url) as room:
        await room.somebody("ann", "master")
        assert await room.work(room.access.keep_a_master, BEN) is None


@pytest.mark.parametrize(
    ("actor", "target", "refused"),
    [
        (("master",), ("master",), None),
        (("admin",), ("master",), MasterOnly),
        (("user_admin",), ("master", "user"), MasterOnly),
        (("user_admin",), ("user",), None),
        (("user_admin",), ("pro", "viewer"), None),
        (("user_admin",), (), None),
        (("user_admin",), ("user_admin",), None),
        (("user_admin",), ("security_admin",), Outranked),
        (("user_admin",), ("support_admin",), Outranked),
        (("user_admin",), ("chat_admin",), Outranked),
        (("support_admin",), ("user_admin",), Outranked),
        (("user_admin", "support_admin"), ("support_admin",), None),
        (("admin",), ("user_admin", "auditor"), None),
        (("master",), ("admin",), None),
        ((), ("user",), Outranked),
    ],
)
async def test_nobody_touches_those_who_may_more(
    sqlite_url: str, actor: tuple[str, ...], target: tuple[str, ...], refused: type | None
) -> None:
    async with a_room(sqlite_url) as room:
        zoe = await room.somebody("zoe", *actor)
        await room.somebody("ben", *target)
        answer = await room.read(room.access.may_touch, zoe, BEN)
        assert type(answer) is (refused or type(None))
        assert await room.read(room.access.may_touch, zoe, zoe.id) is None
        assert await room.read(room.access.may_touch, SYSTEM, BEN) is None
        assert isinstance(await room.read(room.access.may_touch, NOBODY, BEN), Outranked | MasterOnly)


async def test_those_in_a_role_are_listed_page_by_page(database_url: str) -> None:
    async with a_room(database_url) as room:
        for name in ("eva", "ann", "cho", "dan", "bob"):
            await room.somebody(name, "auditor")
        first = await room.read(room.access.in_role, "auditor", limit=3)
        rest = await room.read(room.access.in_role, "auditor", after=first[-1], limit=3)
        assert [*first, *rest] == sorted(user_id(each) for each in ("ann", "bob", "cho", "dan", "eva"))
        assert await room.read(room.access.in_role, "master") == ()


async def test_who_is_forgotten_has_no_role(database_url: str) -> None:
    async with a_room(database_url) as room:
        await room.somebody("ben", "user", "auditor")
        assert await room.work(room.access.forget, BEN) == 2
        assert await room.roles("ben") == ()
        assert await room.work(room.access.forget, BEN) == 0


async def test_a_feature_declares_its_own_permission_for_a_role(sqlite_url: str) -> None:
    async with a_room(sqlite_url) as room:
        assert "stocks.read" in (await room.somebody("ben", "user")).permissions
        assert "stocks.read" not in (await room.somebody("vic", "viewer")).permissions
        assert (await room.somebody("ann", "master")).permissions == {each.name for each in CATALOGUE}
