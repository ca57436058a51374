"""What the kernel says of a process. Linux only."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MEGABYTE = 1024  # in the kernel's kilobytes


def cpu_seconds(pid: int) -> float:
    """User and system time of all its threads, dead ones included, in steps of 10 ms."""
    after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def resident(pid: int) -> float:
    """Megabytes that are its own, and its share of what it shares (PSS)."""
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss") / MEGABYTE


def peak(pid: int) -> float:
    """The most megabytes that were ever resident (VmHWM)."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmHWM") / MEGABYTE


def _kilobytes(file: Path, name: str) -> int:
    for line in file.read_text("utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(f"{file} has no {name}")
