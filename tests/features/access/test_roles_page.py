"""The pages about roles say what the roles are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from daemun.core.canonical import PERMISSION_ALIASES
from daemun.features.access.roles import BUILT_IN

PAGES = Path(__file__).resolve().parents[3] / "docs" / "explanation"


@pytest.mark.parametrize(("name", "language"), [("roles.md", "en"), ("roles.ko.md", "ko")])
def test_the_table_of_built_in_roles_is_the_table_in_the_code(name: str, language: str) -> None:
    page = (PAGES / name).read_text("utf-8")
    told = re.findall(r"^\| (\d*) ?\| `(\w+)` ([^|]+) \| ([^|]+) \|$", page, re.M)
    assert told == [
        (str(role.number or ""), role.name, getattr(role, language), " ".join(f"`{each}`" for each in role.grants)) for role in BUILT_IN
    ]
    assert all(f"`{alias}`" in page and f"`{name}`" in page for alias, name in PERMISSION_ALIASES.items())
