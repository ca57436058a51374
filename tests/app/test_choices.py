"""What an operator changes between two starts is recorded by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.features.audit.logged import revealed
from tests.house import House, a_house, a_member


async def changes(house: House) -> list[dict[str, Any]]:
    """The details of each such event in the log."""
    found = [each for each in await revealed(house) if each.entry.get("a") == "settings.change"]
    return [(each.parts["tenant"] or {})["details"] for each in found]


async def test_settings_that_were_changed_between_two_starts_are_recorded_by_name(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path, identity__login_attempts="3") as house:
        await a_member(house.client())
        assert await changes(house) == [], "nothing is known of a time before the first start"
    async with a_house(database_url, tmp_path, identity__login_attempts="3") as house:
        assert await changes(house) == []
    async with a_house(database_url, tmp_path, identity__login_attempts="20", signup="private") as house:
        assert await changes(house) == [{"names": "identity.login_attempts, identity.signup", "count": 2}]
    seen = house.settings.core.data / "audit" / "settings.json"
    assert '"20"' not in seen.read_text()
    seen.write_text("spoilt")
    async with a_house(database_url, tmp_path, identity__login_attempts="7") as house:
        assert len(await changes(house)) == 1
    assert "identity.login_attempts" in seen.read_text()
