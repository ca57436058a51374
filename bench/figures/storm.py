"""Everybody logs in at once: the loop stays free and memory stays bounded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from bench.caller import told
from bench.driving import drive
from bench.line import Goal, Line
from bench.machine import version_of
from bench.options import Options
from bench.people import handles, login, sign_up
from bench.process import peak, resident
from bench.rounds import interleaved
from bench.servers import ROOT, Server, daemun
from bench.ticking import TOLD_AT
from bench.wire import request

AT_ONCE = 20
THREADS = 2


def measure(options: Options) -> Iterator[Line]:
    with daemun(options.folder / "storm", module="bench.ticking", DAEMUN_IDENTITY__HASH_THREADS=str(THREADS)) as server:
        sign_up(server, handles(AT_ONCE))
        before = resident(server.pid)
        taken = interleaved({"ours": lambda: storm(server), "bare": bare}, options.rounds)
        highest = peak(server.pid)
    yield Line(
        f"{AT_ONCE} logins at once, {THREADS} hashing threads: longest stall of the loop",
        "ms",
        taken.median("ours"),
        f"a bare loop with the same pool, {version_of('argon2-cffi')}",
        taken.median("bare"),
        taken.ratio("ours", "bare"),
        Goal("ours", most=50.0),
        f"worst of {options.rounds} storms {max(taken.taken['ours']):.1f} ms, of the bare loop {max(taken.taken['bare']):.1f} ms",
        taken.taken,
    )
    yield Line(f"{AT_ONCE} logins at once: peak memory", "MB (VmHWM)", highest, "before the storms (PSS)", before, highest / before)


def storm(server: Server) -> float:
    """Milliseconds of the longest stall, from the first request to the last answer."""
    stall(server)
    drive(server, [{"requests": [login(each).decode()], "times": 1} for each in handles(AT_ONCE)])
    return stall(server)


def stall(server: Server) -> float:
    """The longest since it was last asked."""
    return float(told(server.port, request("GET", TOLD_AT)).body)


def bare() -> float:
    command = [sys.executable, "-m", "bench.ticking", "--bare", str(AT_ONCE), str(THREADS)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
