"""The page of clauses lists what the tests claim."""

from __future__ import annotations

import re

import pytest
from tests.clauses import REFERENCE, claims, clauses

PAGES = ("clauses.md", "clauses.ko.md")


def test_a_clause_that_is_claimed_exists() -> None:
    assert not claims().keys() - {each["id"] for each in clauses()}


def test_every_clause_of_what_is_built_has_a_test() -> None:
    claimed = claims()
    assert not [each["id"] for each in clauses() if each["id"] not in claimed and "waits" not in each]


def test_what_waits_has_no_test_yet() -> None:
    assert not [each["id"] for each in clauses() if each["id"] in claims() and "waits" in each]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_of_these_tests_and_none_of_them_failed(name: str) -> None:
    text = (REFERENCE / name).read_text("utf-8")
    listed = re.findall(r"\[(test_\w+)\]\(\.\./\.\./([^)]+)\)", text)
    assert sorted(f"{path}::{test}" for test, path in listed) == sorted(test for tests in claims().values() for test in tests)
    assert not re.search("FAILED|실패 \\d|\\*\\*", text)
