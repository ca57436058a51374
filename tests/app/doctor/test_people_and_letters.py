"""What is found in the database: on both of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert
from tests.app.doctor.installation import kept
from tests.house import START, FrozenClock

from daemun.app.build import House, build
from daemun.app.doctor import Asked, examine
from daemun.app.settings import Settings
from daemun.features.audit.store import outbox
from daemun.ports.letters import Letter

STORED = frozenset({"people", "mail.outbox", "housekeeping", "keys", "audit.waiting"})


def settings_of(folder: Path, database_url: str, **more: str) -> Settings:
    return Settings.load(flags={"data": str(folder / "data"), "database_url": database_url, **more}, environ={}, cwd=folder)


def opened(settings: Settings, clock: FrozenClock, story: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        house = build(settings, clock=clock)
        await house.open()
        try:
            await story(house)
        finally:
            await house.close()

    asyncio.run(run())


async def nothing(house: House) -> None:
    assert house.opened.is_set()


def found(settings: Settings, clock: FrozenClock) -> list[str]:
    return examine(
        settings, Asked(frozenset({"people", "mail.outbox", "housekeeping", "keys", "audit.waiting"}), offline=True), clock=clock
    ).found()


def test_a_house_that_was_just_founded_has_no_master_and_was_not_kept(tmp_path: Path, database_url: str) -> None:
    settings, clock = settings_of(tmp_path, database_url), FrozenClock()
    opened(settings, clock, nothing)
    assert found(settings, clock) == ["housekeeping.done", "people.master"]
    asyncio.run(kept(build(settings, clock=clock)))
    assert found(settings, clock) == []


def test_forgotten_administrators_and_chores_are_found(tmp_path: Path, database_url: str) -> None:
    settings = settings_of(tmp_path, database_url)
    asyncio.run(kept(build(settings, clock=FrozenClock())))
    later = FrozenClock(START + timedelta(days=91))
    assert found(settings, later) == ["housekeeping.done", "people.dormant"]


def test_events_that_have_no_place_in_the_log_are_found(tmp_path: Path, database_url: str) -> None:
    settings, clock = settings_of(tmp_path, database_url), FrozenClock()
    asyncio.run(kept(build(settings, clock=clock)))
    rows = [{"entry": b"{}", "parts": b"", "mac": b"\0" * 32}] * 4200

    async def recorded(house: House) -> None:
        await house.visit("test").work(lambda work: work.run(insert(outbox).values(rows)))

    assert "audit.waiting" not in found(settings, clock)
    opened(settings, clock, recorded)
    assert "audit.waiting" in found(settings, clock)


def test_a_pin_that_goes_back_with_the_database_is_found(tmp_path: Path, sqlite_url: str) -> None:
    for pin, many in (({}, 1), ({"audit.pin": str(tmp_path / "elsewhere" / "pin")}, 0)):
        report = examine(settings_of(tmp_path, sqlite_url, **pin), Asked(frozenset({"audit.pin"})))
        assert len(report.found()) == many


def test_letters_that_are_stuck_are_found(tmp_path: Path, database_url: str) -> None:
    given = {"mail.host": "localhost", "mail.from_address": "gate@daemun.kr", "mail.tls": "none"}
    settings, clock = settings_of(tmp_path, database_url, **given), FrozenClock()
    asyncio.run(kept(build(settings, clock=clock)))

    async def posted(house: House) -> None:
        await house.visit("test").work(lambda work: house.mail.post(work, Letter("verify", "ann@daemun.kr", "ko")))

    opened(settings, clock, posted)
    assert found(settings, clock) == []
    clock.advance(hours=2)
    assert found(settings, clock) == ["mail.outbox"]
