"""Putting load on a server, and reading from the kernel what it cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.process import cpu_seconds
from bench.servers import ROOT, Server

LANES = 8
TARGET_CPU_SECONDS = 1.2
"""A round this long makes the kernel's 10 ms steps an error below one per cent."""
FIRST_TRY = 25
PATIENCE_SECONDS = 300

Plan = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Driven:
    cpu: float
    seconds: float
    values: list[list[str]]


def drive(server: Server, lanes: Plan) -> Driven:
    before = cpu_seconds(server.pid)
    answer = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps({"port": server.port, "lanes": lanes}),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    if answer.returncode:
        raise RuntimeError(f"the load failed: {answer.stderr.strip()[-800:]}\n{server.output[-800:]}")
    told = json.loads(answer.stdout)
    return Driven(cpu_seconds(server.pid) - before, told["seconds"], told["values"])


def repeating(server: Server, requests: Sequence[bytes]) -> Callable[[], float]:
    """A sample of CPU seconds a request: the requests are dealt to the lanes, each of which goes round its own."""
    dealt = [[each.decode() for each in requests[lane::LANES]] for lane in range(min(LANES, len(requests)))]

    def once(times: int) -> float:
        return drive(server, [{"requests": each, "times": times} for each in dealt]).cpu

    return _sized(once, len(dealt))


def chaining(server: Server, path: str, name: str, values: Sequence[str]) -> Callable[[], float]:
    """A sample of CPU seconds a request, where each answer carries the token for the next."""
    held = [list(values[lane::LANES]) for lane in range(min(LANES, len(values)))]

    def once(times: int) -> float:
        driven = drive(server, [{"path": path, "field": name, "values": each, "times": times} for each in held])
        held[:] = driven.values
        return driven.cpu

    return _sized(once, len(held))


def _sized(once: Callable[[int], float], lanes: int) -> Callable[[], float]:
    """The first call finds how many make a round of the right length."""
    times = 0

    def sample() -> float:
        nonlocal times
        if not times:
            once(FIRST_TRY)
            guess = once(FIRST_TRY * 4) / (FIRST_TRY * 4)
            times = max(FIRST_TRY, int(TARGET_CPU_SECONDS / max(guess, 1e-4)))
        return once(times) / (times * lanes)

    return sample
