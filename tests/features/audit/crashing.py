"""A process that forks light writers and kills each at a random instant: `python -m tests.features.audit.crashing URL FOLDER RUNS`.

Each writer keeps events, gives them their place and signs, as every server does; what it was told is durable it writes to a file.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from daemun.adapters.database import open_database
from daemun.adapters.ledger import PinFile, TallyFile, open_ledger
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.features.audit import Audit, AuditSettings, Sequencer
from daemun.features.audit.upkeep import Upkeep
from daemun.ports.database import Database, Work
from daemun.web.visit import Visit

SHORTEST, LONGEST = 0.0, 0.15
PATIENCE = 10.0


def an_audit(url: str, folder: Path) -> tuple[Database, Audit]:
    entropy = SystemEntropy()
    audit = Audit.of(
        open_ledger(url),
        PinFile(folder / "audit" / "default.pin"),
        TallyFile.of(folder / "audit" / "running", entropy),
        entropy,
        host="localhost",
        settings=AuditSettings(),
        key=lambda purpose: purpose.encode().ljust(32, b".")[:32],
    )
    return open_database(url, clock=SystemClock(), entropy=entropy, pool=2), audit


async def write(url: str, folder: Path, told: int, run: str) -> None:
    database, audit = an_audit(url, folder)
    visit = Visit(database, Circumstance())
    await database.start(lambda work, happening: None)
    await audit.open()
    sequencer = Sequencer(audit.ledger, audit.signing, audit.scribe, SystemClock(), time.monotonic)
    tasks = [asyncio.create_task(each) for each in (sequencer.run(visit), Upkeep(audit).run(visit))]
    async with asyncio.TaskGroup() as group:
        for writer in range(4):
            group.create_task(_writes(visit, audit, told, f"{run}-{writer}"))
    raise SystemExit(f"a writer came to an end: {tasks}")


async def _writes(visit: Visit, audit: Audit, told: int, name: str) -> None:
    for number in range(1_000_000):
        what = f"{name}-{number}"

        def keep(work: Work, what: str = what) -> None:
            audit.control(work, "config", reason="a crash", what=what)

        await visit.work(keep)
        os.write(told, f"{what}\n".encode())


def main(url: str, folder: Path, runs: int) -> None:
    told = os.open(folder / "told", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    chance = random.Random()
    for run in range(runs):
        child = os.fork()
        if child == 0:
            asyncio.run(write(url, folder, told, f"{os.getpid()}"))
        before, until = os.fstat(told).st_size, time.monotonic() + PATIENCE
        while run % 4 and os.fstat(told).st_size == before and time.monotonic() < until:
            time.sleep(0.005)  # three in four live to answer somebody; the fourth may die as it starts
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
