"""When the log falls behind, whoever writes is slowed, what can be spared is counted and left out, and nothing is done unrecorded."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.features.audit.logged import audit_of, house_of, revealed, settled
from tests.house import House, a_house, a_member

from daemun.core.actor import SHELL
from daemun.core.circumstance import Circumstance
from daemun.core.event import EventKind, Happening
from daemun.features.audit import AuditSettings, Pressure
from daemun.features.audit.errors import AuditUnavailable
from daemun.features.audit.events import OPENED

LEADS = """
import sys
from daemun.adapters.ledger import open_ledger
ledger = open_ledger(sys.argv[1])
print(ledger.lead(), flush=True)
sys.stdin.read()
"""
SPARED = EventKind("page.view", "success", "data", mode="async")


@asynccontextmanager
async def a_leader_that_does_nothing(database_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that leads the log and has come to a stop, as one that was paused or hangs on its disk has."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LEADS, database_url, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout and (await process.stdout.readline()).strip() == b"True"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


async def spared(house: House) -> None:
    await (
        house_of(house)
        .visit("test")
        .work(lambda work: audit_of(house).append(work, Happening(work.new_id(), SPARED.by(SHELL, work.now), Circumstance())))
    )


@pytest.mark.processes
@pytest.mark.parametrize("limits", [{"behind": "1000", "behind_for": "500ms"}, {"behind": "2", "behind_for": "10m"}], ids=["age", "count"])
async def test_while_the_sequencer_of_another_process_stands_still(limits: dict[str, str], database_url: str, tmp_path: Path) -> None:
    chosen = {f"audit__{name}": value for name, value in limits.items()} | {"audit__brake": "80ms"}
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        await settled(house)
    async with a_leader_that_does_nothing(database_url) as leader, a_house(database_url, tmp_path, **chosen) as house:
        audit, visit = audit_of(house), house_of(house).visit("test")
        for _ in range(3):
            await visit.work(lambda work: audit.control(work, "config", what="waits"))
        await until(lambda: audit.pressure.is_behind)
        told: list[str] = []
        async with asyncio.TaskGroup() as both:
            both.create_task(_slowed(house, told))
            both.create_task(_beside(told))
        assert told == ["the loop went on", "it was written"], "whoever waits holds up nobody else"
        with pytest.raises(AuditUnavailable):
            async with asyncio.timeout(audit.patience.total_seconds()):
                await audit.before(visit, OPENED.by(SHELL, house.clock.now()))
        for _ in range(3):
            await spared(house)
        assert (audit.shed.dropped, len(audit.shed.waiting)) == (3, 0)
        numbers = {(each.name, *labels): value for each, value, labels in await visit.database.survey(_numbers(house))}
        assert (numbers["daemun_audit_behind",], numbers["daemun_audit_shed",]) == (1, 3)
        assert numbers["daemun_audit_waiting",] >= 4
        counted = await house_of(house).ground.metrics.told()
        assert int(counted.partition("\ndaemun_database_slowed_total ")[2].partition("\n")[0]) >= 4
        leader.kill()
        await until(lambda: not audit.pressure.is_behind and not audit.shed.dropped)
        entries = [each.entry for each in await revealed(house)]
        assert [each["count"] for each in entries if each.get("why") == "shed"] == [3]
        assert sum("what" in each for each in entries) == 4, "what was slowed was recorded, all of it"


async def _slowed(house: House, told: list[str]) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await house_of(house).visit("test").work(lambda work: audit_of(house).control(work, "config", what="is slowed"))
    assert loop.time() - begun >= 0.08
    told.append("it was written")


async def _beside(told: list[str]) -> None:
    await asyncio.sleep(0)
    told.append("the loop went on")


def test_the_next_one_is_told_from_another_that_took_its_number() -> None:
    now = [0.0]
    felt = Pressure(10, 2.0, 0.05, lambda: now[0])
    for second in range(10):
        now[0] = second
        felt.note(1, b"%d" % second)
        assert not felt.is_behind, "each look found another one: the line moves"
    now[0] = 11.5
    felt.note(1, b"9")
    assert felt.is_behind
    felt.note(0, b"")
    assert not felt.is_behind


@pytest.mark.parametrize(("name", "value"), [("behind", 0), ("brake", timedelta(seconds=2)), ("behind_for", timedelta(milliseconds=1))])
def test_limits_that_make_no_sense_stop_the_start(name: str, value: Any) -> None:
    chosen = replace(AuditSettings(), **{name: value})
    assert [said for said in chosen.wrong("dev") if f"DAEMUN_AUDIT__{name.upper()} " in said[1]]


def _numbers(house: House) -> Any:
    numbers = next(each for each in house_of(house).features if each.name == "audit").numbers
    assert numbers is not None
    return lambda tx: list(numbers(tx))
