"""Our server, with a clock in its event loop that notes for how long the loop did not come back to it."""

from __future__ import annotations

import argparse
import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvicorn
import uvloop
from argon2 import PasswordHasher
from starlette.responses import PlainTextResponse

from bench.ceiling import MEMORY_KIB, PARALLELISM, PASSES
from bench.people import PASSWORD
from daemun.app.settings import Settings
from daemun.server import create

TICK = 0.001
TOLD_AT = "/bench/stall"


class Ticker:
    """The longest time that a sleep of one millisecond took beyond it."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            self.longest = max(self.longest, time.perf_counter() - before - TICK)

    def tell(self) -> float:
        """In milliseconds, since it was last asked."""
        longest, self.longest = self.longest, 0.0
        return longest * 1000


async def serve(port: int, data: Path) -> None:
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run())
    app = create(Settings.load(flags={"port": str(port), "data": str(data)}))
    app.add_route(TOLD_AT, lambda _: PlainTextResponse(f"{ticker.tell()}"))
    await uvicorn.Server(uvicorn.Config(app, port=port, access_log=False, log_level="warning", server_header=False)).serve()
    ticking.cancel()


async def bare(hashes: int, threads: int) -> float:
    """The stall of a loop that only hands the same hashes to a pool."""
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)
    encoded = hasher.hash(PASSWORD)
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run())
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(threads) as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, hasher.verify, encoded, PASSWORD) for _ in range(hashes)))
    ticking.cancel()
    return ticker.tell()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--data", type=Path)
    arguments.add_argument("--bare", type=int, nargs=2, metavar=("HASHES", "THREADS"))
    chosen = arguments.parse_args()
    if chosen.bare:
        print(uvloop.run(bare(*chosen.bare)))
    else:
        uvloop.run(serve(chosen.port, chosen.data))
