"""How long until a new installation answers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count

from bench.line import Goal, Line
from bench.machine import version_of
from bench.options import Options
from bench.rounds import interleaved
from bench.servers import daemun

LIBRARIES = ("fastapi", "sqlalchemy", "uvicorn")


def measure(options: Options) -> Iterator[Line]:
    numbers = count()

    def ours() -> float:
        began = time.perf_counter()
        with daemun(options.folder / f"ready{next(numbers)}"):
            return time.perf_counter() - began

    taken = interleaved({"ours": ours, "imports": imports}, rounds=3)
    yield Line(
        "ready: empty folder to first 200 of /readyz",
        "s of wall time",
        taken.median("ours"),
        f"importing {version_of(*LIBRARIES)}",
        taken.median("imports"),
        taken.ratio("ours", "imports"),
        Goal("ours", most=2.0),
        rounds=taken.taken,
    )


def imports() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {', '.join(LIBRARIES)}"], check=True)
    return time.perf_counter() - began
