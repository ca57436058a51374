"""Whoever verifies the log hears from the log itself what was made weaker about it."""

from __future__ import annotations

from pathlib import Path

from tests.features.audit.logged import audit_of, settled
from tests.features.audit.test_tampering import exported
from tests.house import House, a_house, a_member

from daemun.app.sections import Sections
from daemun.app.settings import Settings
from daemun.core.event import EventKind
from daemun.features.audit import Declared, parse_entry

WEAKER = {"audit__spill": "0", "audit__keep_admin": "30d", "audit__sinks__files__personal": "plain"}


async def said(house: House) -> list[dict[str, object]]:
    await settled(house)
    entries = [parse_entry(each.entry) for each in await audit_of(house).entries(0, 1000)]
    return [{"open": each["open"], "weak": each["weak"]} for each in entries if each["k"] == "config"]


async def test_what_was_made_weaker_is_said_once_and_that_it_is_not_any_more(database_url: str, tmp_path: Path) -> None:
    weaker = {"open": [], "weak": ["spill=0", "keep_admin=2592000s", "sinks.files.personal=plain"]}
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        assert await said(house) == [], "as it was delivered"
    for start in ("first", "second"):
        async with a_house(database_url, tmp_path, **WEAKER) as house:
            assert await said(house) == [weaker]
            config = (await exported(house, tmp_path / start)).verified().config
            assert config is not None and (config["open"], config["weak"]) == (weaker["open"], weaker["weak"])
    async with a_house(database_url, tmp_path) as house:
        assert await said(house) == [weaker, Declared().facts]


def test_events_that_may_be_left_out_are_named(tmp_path: Path) -> None:
    settings = Settings.load(flags={"data": str(tmp_path)}, environ={}, cwd=tmp_path)
    sections = Sections.of(settings)
    kinds = [EventKind("page.view", "success", "data", mode="async"), EventKind("user.lock", "success", "admin")]
    assert Declared.of(sections.audit, sections.sinks, kinds) == Declared(("page.view.success",), ())
