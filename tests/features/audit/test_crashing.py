"""Whatever instant a process dies at: what was answered is in the log, once, and the log verifies."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.features.audit.crashing import an_audit

from daemun.adapters import migrations
from daemun.adapters.system import SystemClock
from daemun.core.circumstance import Circumstance
from daemun.features.audit import Sequencer, export_log, parse_entry, reading, verify_bundle, writing
from daemun.features.audit import feature as audit_feature
from daemun.features.audit.upkeep import Upkeep
from daemun.web.visit import Visit

pytestmark = pytest.mark.processes
RUNS = int(os.environ.get("DAEMUN_TEST_CRASHES", "100"))
WRITERS = 8
MIGRATIONS = Path(sys.modules[audit_feature.__module__].__file__ or "").parent / "migrations"


def start(url: str, folder: Path, runs: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.features.audit.crashing", url, str(folder), str(runs)])


async def require_whole(url: str, folder: Path) -> None:
    database, audit = an_audit(url, folder)
    await database.start(lambda work, happening: None)
    await audit.open()
    visit = Visit(database, Circumstance())
    await Upkeep(audit).account(visit)
    sequencer = Sequencer(audit.ledger, audit.signing, audit.scribe, SystemClock(), lambda: 0.0)
    assert await asyncio.to_thread(sequencer.once)
    with writing(folder / "bundle") as write:
        size = await asyncio.to_thread(export_log, audit.ledger, [], write)
    kept = [parse_entry(each.entry) for each in await audit.entries(0, size)]
    said = [each["what"] for each in kept if "what" in each]
    told = (folder / "told").read_text().split()
    assert len(said) == len(set(said)), "none twice"
    assert set(told) <= set(said), "none lost that was answered"
    assert len(told) > 10
    with reading(folder / "bundle") as read:
        report = verify_bundle(read, [audit.signing.signer.key(audit.origin)])
    assert report.ok, report.findings
    await database.stop()
    audit.close()


def test_processes_are_killed_at_random_instants(database_url: str, tmp_path: Path) -> None:
    migrations.upgrade(database_url, {"audit": MIGRATIONS})
    assert start(database_url, tmp_path, RUNS).wait(60 + RUNS) == 0
    asyncio.run(require_whole(database_url, tmp_path))


def test_eight_processes_write_at_once_and_die_in_turn(postgres_url: str, tmp_path: Path) -> None:
    migrations.upgrade(postgres_url, {"audit": MIGRATIONS})
    writers = [start(postgres_url, tmp_path, 3) for _ in range(WRITERS)]
    assert [each.wait(120) for each in writers] == [0] * WRITERS
    said = (tmp_path / "told").read_text().split()
    assert said
    asyncio.run(require_whole(postgres_url, tmp_path))
