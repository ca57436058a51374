"""What it was measured on, and how: the line below the table."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

METHOD = "the server's CPU-seconds from /proc/PID/stat; interleaved rounds, medians; a ratio is the median of paired rounds"


def version_of(*names: str) -> str:
    return ", ".join(f"{name} {version(name)}" for name in names)


def described(rounds: int) -> str:
    load = os.getloadavg()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, load {load:.1f} · "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()} · {rounds} rounds · {METHOD}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
