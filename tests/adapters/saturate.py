"""A process that writes as fast as it can: `python -m tests.adapters.saturate URL NAME SECONDS`. Says how many stories were kept."""

from __future__ import annotations

import asyncio
import sys
import time

from tests.adapters.notes import HERE, nobody_listens, note

from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.ports.database import Database, Work

TELLERS = 64


async def tell(database: Database, name: str, until: float) -> int:
    told = 0
    while time.monotonic() < until:
        await database.work(lambda work: unlike(work, name), HERE)
        told += 1
    return told


def unlike(work: Work, name: str) -> None:
    note(work, f"{name}-{work.new_id()}")


async def saturate(url: str, name: str, seconds: float) -> int:
    database = open_database(url, clock=SystemClock(), entropy=SystemEntropy())
    await database.start(nobody_listens)
    print("ready", flush=True)
    sys.stdin.readline()
    until = time.monotonic() + seconds
    told = await asyncio.gather(*(tell(database, name, until) for _ in range(TELLERS)))
    await database.stop()
    return sum(told)


if __name__ == "__main__":
    print(asyncio.run(saturate(sys.argv[1], sys.argv[2], float(sys.argv[3]))), flush=True)
