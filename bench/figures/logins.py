"""Logins, against a machine that does nothing but verify passwords."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Final

from bench.ceiling import MEMORY_KIB, PARALLELISM, PASSES, By, Ceiling, ceiling
from bench.driving import drive
from bench.line import Goal, Line
from bench.machine import version_of
from bench.options import Options
from bench.people import handles, login, sign_up
from bench.rounds import interleaved
from bench.servers import KINDS, Kind, daemun, databases

PEOPLE = 32
LANES = 8
A_ROUND = 96  # of 15 ms and more each
LIBRARIES: Final[dict[By, str]] = {"argon2-cffi": "argon2-cffi", "openssl": "cryptography", "libsodium": "pynacl"}
"""The first is the reference code, with which the goal was set; the last is what we hash with."""


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        yield from _measured(options, kind)


def _measured(options: Options, kind: Kind) -> Iterator[Line]:
    folder = options.folder / f"logins-{kind}"
    folder.mkdir()
    with databases(kind, folder) as urls, daemun(folder / "ours", urls.ours) as server, ExitStack() as stack:
        bare = {by: stack.enter_context(ceiling(by)) for by in LIBRARIES}
        sign_up(server, handles(PEOPLE))
        requests = [login(each).decode() for each in handles(PEOPLE)]
        lanes = [{"requests": requests[lane::LANES], "times": A_ROUND // LANES} for lane in range(LANES)]
        taken = interleaved(
            {"ours": lambda: drive(server, lanes).cpu / A_ROUND} | {by: partial(_spent, each) for by, each in bare.items()},
            options.rounds,
        ).inverted()
    parameters = f"m={MEMORY_KIB} t={PASSES} p={PARALLELISM}"
    for by, package in LIBRARIES.items():
        yield Line(
            f"logins on {kind}",
            "per CPU-second",
            taken.median("ours"),
            f"bare Argon2id {parameters} by {by}, {version_of(package)}",
            taken.median(by),
            taken.ratio("ours", by),
            Goal("ratio", least=0.90) if kind == "SQLite" and by == "argon2-cffi" else None,
            rounds=taken.taken,
        )


def _spent(bare: Ceiling) -> float:
    return bare.cpu_of(A_ROUND) / A_ROUND
