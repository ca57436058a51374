"""Roles as data and patterns as rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.core.canonical import PERMISSION_ALIASES, permission_name
from daemun.features.access.roles import BUILT_IN, BY_NAME, PATTERN, Rights, matches, normalised, resolve, unknown

CATALOGUE = (
    "users.read",
    "users.manage",
    "audit.read",
    "stocks.read",
    "runs.create",
    "runs.read",
    "security.read",
    "files.own",
    "chat.moderate",
)
things = st.sampled_from(["users", "audit", "runs", "posts", "chat"])
verbs = st.sampled_from(["read", "manage", "create", "own"])
permissions = st.builds("{}.{}".format, things, verbs)
patterns = st.one_of(permissions, st.just("*"), things.map("{}.*".format), verbs.map("*.{}".format))
catalogues = st.frozensets(permissions)
grants = st.frozensets(patterns, max_size=4)


def rights(given: frozenset[str], catalogue: frozenset[str]) -> Rights:
    return Rights((), given, resolve(given, catalogue))


def test_all_seventeen_roles_are_built_in_with_their_numbers() -> None:
    numbered = {role.number: role.name for role in BUILT_IN if role.number}
    assert sorted(numbered) == list(range(1, 14))
    assert (numbered[1], numbered[5], numbered[6], numbered[13]) == ("master", "user_admin", "security_admin", "auditor")
    assert {"admin", "user", "pro", "viewer"} <= BY_NAME.keys()
    assert len(BUILT_IN) == 17


def test_patterns_match_things_and_verbs() -> None:
    assert matches("*", "users.read")
    assert matches("users.*", "users.manage")
    assert matches("*.read", "audit.read")
    assert not matches("*.read", "audit.manage")
    assert not matches("users.read", "users.manage")
    assert not matches("user.*", "users.read")


def test_a_master_may_everything_an_auditor_only_read() -> None:
    assert resolve(BY_NAME["master"].grants, CATALOGUE) == set(CATALOGUE)
    assert resolve(BY_NAME["auditor"].grants, CATALOGUE) == {each for each in CATALOGUE if each.endswith(".read")}


def test_nobody_holds_a_permission_that_does_not_exist() -> None:
    for role in BUILT_IN:
        assert resolve((*role.grants, "no.such"), CATALOGUE) <= set(CATALOGUE)


def test_what_the_built_in_roles_grant_is_written_as_custom_ones_must_be() -> None:
    for role in BUILT_IN:
        assert normalised(role.grants) == tuple(sorted(role.grants))
        assert all(PATTERN.fullmatch(each) for each in role.grants)


@pytest.mark.parametrize(
    "strange", ["", "users", "users.", ".read", "users.re*", "*.*.*", "Users.read", "users.read\n", "users.read,*", "* "]
)
def test_what_is_no_pattern_is_unknown(strange: str) -> None:
    assert unknown((strange,), CATALOGUE) == (strange,)


def test_a_pattern_that_takes_in_nothing_is_unknown() -> None:
    assert unknown(("users.*", "*.read", "posts.*", "users.drop"), CATALOGUE) == ("posts.*", "users.drop")


def test_the_four_names_of_the_internal_tool_are_ours() -> None:
    assert [permission_name(each) for each in ("create_run", "send_data", "view_audit_logs", "manage_users")] == [
        "runs.create",
        "runs.send",
        "audit.read",
        "users.manage",
    ]
    assert normalised(("manage_users", "users.manage", "*.*")) == ("*", "users.manage")
    assert not any(PATTERN.fullmatch(each) for each in PERMISSION_ALIASES)


@given(grants, grants, catalogues, catalogues)
def test_who_covers_a_role_holds_all_of_it_whatever_an_upgrade_brings(
    mine: frozenset[str], theirs: frozenset[str], now: frozenset[str], later: frozenset[str]
) -> None:
    if rights(mine, now).cover(rights(theirs, now)):
        assert resolve(theirs, now) <= resolve(mine, now)
        assert resolve(theirs, now | later) <= resolve(mine, now | later)


@given(grants, grants, grants, catalogues)
def test_covering_is_an_order(a: frozenset[str], b: frozenset[str], c: frozenset[str], now: frozenset[str]) -> None:
    one, two, three = (rights(each, now) for each in (a, b, c))
    assert one.cover(one)
    if one.cover(two) and two.cover(three):
        assert one.cover(three)


@given(grants, grants, catalogues)
def test_more_patterns_never_give_less(a: frozenset[str], b: frozenset[str], now: frozenset[str]) -> None:
    assert resolve(a | b, now) == resolve(a, now) | resolve(b, now)


@given(patterns, catalogues)
def test_a_pattern_gives_only_what_exists_and_matches(pattern: str, now: frozenset[str]) -> None:
    assert resolve((pattern,), now) == {each for each in now if matches(pattern, each)}
    assert matches("*", pattern)
    assert PATTERN.fullmatch(pattern)


@given(st.lists(patterns))
def test_writing_grants_once_more_changes_nothing(written: list[str]) -> None:
    once = normalised(written)
    assert normalised(once) == once
    assert set(once) == set(written)
