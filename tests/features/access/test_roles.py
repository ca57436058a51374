"""The roles of the documents, as data."""

from __future__ import annotations

from daemun.features.access.roles import BUILT_IN, BY_NAME, matches, resolve

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
    assert resolve("master", CATALOGUE, ()) == set(CATALOGUE)
    assert resolve("auditor", CATALOGUE, ()) == {each for each in CATALOGUE if each.endswith(".read")}


def test_a_feature_declares_its_own_permission_for_a_role() -> None:
    assert "stocks.read" not in resolve("user", CATALOGUE, ())
    assert "stocks.read" in resolve("user", CATALOGUE, ("stocks.read",))


def test_nobody_holds_a_permission_that_does_not_exist() -> None:
    for role in BUILT_IN:
        assert resolve(role.name, CATALOGUE, ("no.such",)) <= set(CATALOGUE)
