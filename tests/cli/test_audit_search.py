"""The log is searched and its index built anew from a shell, with no server running."""

from __future__ import annotations

import json
from pathlib import Path

from tests.house import Member, a_house, a_member
from tests.server.test_serving import daemun


async def test_events_are_found_as_a_table_and_as_json_and_the_index_is_built_anew(tmp_path: Path, database_url: str) -> None:
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client("198.51.100.77"))
    where = ("--data", "data", "--database-url", database_url)

    found = daemun(tmp_path, "audit", "search", "user:ann_2026 action:account.*", *where)
    assert found.returncode == 0 and "account.signup" in found.stdout and "198.51.100.0/24" in found.stdout, found.stderr
    assert "198.51.100.77" not in found.stdout

    rebuilt = daemun(tmp_path, "audit", "rebuild", *where, "--json")
    assert json.loads(rebuilt.stdout)["entries"] >= 4, rebuilt.stderr
    told = daemun(tmp_path, "audit", "search", "action:audit.read OR action:account.*", *where, "--json")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert {each["action"] for each in lines} == {"audit.read", "account.signup"}
    assert {each["handle"] for each in lines if each["action"] == "account.signup"} == {Member().handle}

    wrong = daemun(tmp_path, "audit", "search", "(a", *where)
    assert wrong.returncode == 1 and "Traceback" not in wrong.stderr
