"""The picture is drawn by whoever comes first, several at once, over the ends of months; and it is followed while it is drawn."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from tests.cli.typed import Shell
from tests.features.audit.searching.seeking import codes, drawn, found, visit_of
from tests.house import House, Member, a_house, a_member, built

from daemun.adapters.database import glance
from daemun.app.build import build
from daemun.app.settings import Settings
from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.event import EventKind, Happening
from daemun.features.audit.searching.drawing.store import events, hours, marks, unpacked
from daemun.ports.database import Work

MANY = 2500
SIGNED_UP = EventKind("account.signup", "success", "account", resource_type="user")
MONTHS = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass('daemun_audit_events') ORDER BY 1")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DAEMUN_")} | {"LC_ALL": "C.UTF-8"}


async def typed(folder: Path, url: str, *words: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "daemun", *words, "--data", str(folder / "data"), "--database-url", url)
    return await asyncio.create_subprocess_exec(*command, env=ENVIRONMENT, stdout=asyncio.subprocess.PIPE)


async def filled(folder: Path, url: str) -> None:
    """A log that is longer than a batch."""
    opened = build(Settings.load(flags={"data": str(folder / "data"), "database_url": url}, environ={}, cwd=folder))
    await opened.open()
    try:

        def write(work: Work, first: int) -> None:
            for number in range(first, first + 500):
                seen = Circumstance(f"req_{number:024}", f"198.51.100.{number % 250}", "", "POST", "/auth/signup")
                by = Actor("user", f"01KA{number % 7:022}")
                opened.audit.append(work, Happening(work.new_id(), SIGNED_UP.by(by, work.now), seen))

        for first in range(0, MANY, 500):
            await opened.visit("test").work(write, first)
    finally:
        await opened.close()


def picture(url: str) -> tuple[Sequence[Any], Sequence[Any], int]:
    with glance(url) as connection:
        assert connection is not None
        kept = connection.execute(select(events).order_by(events.c.idx)).all()
        marked = connection.execute(select(marks.c.mark, marks.c.at, marks.c.idx, marks.c.part).order_by(marks.c.idx, marks.c.mark)).all()
        counted = connection.execute(select(func.sum(hours.c.count))).scalar_one()
    return kept, marked, int(counted)


async def test_two_processes_that_draw_at_once_draw_every_entry_once(database_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(Shell(tmp_path, database_url).has, "boss_2026")
    await filled(tmp_path, database_url)
    running = await asyncio.gather(*(typed(tmp_path, database_url, "audit", "rebuild", "--json") for _ in range(2)))
    told = await asyncio.gather(*(each.communicate() for each in running))
    assert [each.returncode for each in running] == [0, 0], told
    kept, marked, counted = picture(database_url)
    assert [row.idx for row in kept] == list(range(len(kept)))
    assert counted == len(kept) >= max(json.loads(each[0])["entries"] for each in told) > MANY
    expected = {(mark, row.at, row.idx) for row in kept for mark, _ in unpacked(row.marked)}
    assert {tuple(row)[:3] for row in marked} == expected
    assert len(marked) == len(expected) > MANY


async def from_october_to_february(house: House) -> None:
    client = house.client("198.51.100.77")
    await a_member(client)
    for _ in range(3):
        await client.log_in(Member(), password="Wrong-Pass-11!")
        house.clock.advance(days=31)
    await drawn(house)


async def test_pages_go_on_over_the_ends_of_months(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await from_october_to_february(house)
        visit, search = visit_of(house), await drawn(house)
        failed = [each.place for each in await found(house, "outcome:failure")]
        assert len(failed) == 3
        seen, after = list[tuple[int, int]](), None
        while told := await visit.read(search.page, search.parse("outcome:failure"), after, 1):
            after = told[-1].place
            seen.append(after)
        assert seen == failed
        assert await codes(house, "ip:198.51.100.77 outcome:failure") == ["auth.login"] * 3
        assert len({each.at.month for each in await found(house, "user:ann_2026")}) == 3
        await built(house.app).rooms.projector.rebuild(visit, lambda *told: None)
        assert [each.place for each in await found(house, "outcome:failure")] == failed
        await built(house.app).rooms.projector.prepare(visit)
        if visit.database.dialect == "postgresql":
            months = [row[0].rpartition("_")[2] for row in await visit.read(lambda tx: tx.all(MONTHS))]
            assert months == ["rest", "y2026m11", "y2026m12", "y2027m01", "y2027m02", "y2027m03", "y2027m04"]


async def test_whoever_follows_sees_what_happens_from_now_on(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        client = house.client("198.51.100.77")
        await a_member(client)
        await drawn(house)
        process = await typed(tmp_path, database_url, "audit", "search", "action:account.* OR action:auth.*", "-f", "--json")
        assert process.stdout is not None
        try:
            first = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
            await client.log_in(Member(), password="Wrong-Pass-11!")
            second = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
            assert (first["action"], second["action"], second["outcome"]) == ("account.signup", "auth.login", "failure")
            assert second["network"] == "198.51.100.0/24"
        finally:
            process.send_signal(signal.SIGINT)
            await process.communicate()
        assert process.returncode == 0
