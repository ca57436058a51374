"""What a burst of hashing took is not kept for ever."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from daemun.adapters.heap import Rest

BURST = """
import asyncio
from daemun.adapters import heap
from daemun.adapters.argon2 import Argon2Pool
from daemun.adapters.system import SystemEntropy
from daemun.core.secret import Secret


def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4 // 1024


async def burst():
    pool = Argon2Pool(threads=2, queue=8, entropy=SystemEntropy())
    encoded = await pool.hash(Secret("Maru-Bada-72!"))
    await asyncio.gather(*(pool.verify(Secret("Maru-Bada-72!"), encoded) for _ in range(8)))
    pool.close()


heap.share()
asyncio.run(burst())
full = resident()
heap.give_back()
print(full - resident())
"""


def test_the_memory_of_a_burst_of_hashes_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", BURST], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 15, "MB"


async def test_it_is_given_back_once_after_the_last_hash_and_not_between_two() -> None:
    called, over = list[int](), asyncio.Event()

    def then() -> None:
        called.append(noted)
        over.set()

    rest = Rest(then, quiet=0.05)
    for noted in range(1, 4):  # noqa: B007 - told by `then`
        rest.after_this()
        await asyncio.sleep(0)
    await over.wait()
    assert called == [3]
    over.clear()
    rest.after_this()
    await over.wait()
    assert called == [3, 3]
