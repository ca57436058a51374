"""Logins, against a machine that does nothing but verify passwords."""

from __future__ import annotations

from collections.abc import Iterator

from bench.ceiling import MEMORY_KIB, PARALLELISM, PASSES, ceiling
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


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        yield from _measured(options, kind)


def _measured(options: Options, kind: Kind) -> Iterator[Line]:
    folder = options.folder / f"logins-{kind}"
    folder.mkdir()
    with databases(kind, folder) as urls, daemun(folder / "ours", urls.ours) as server, ceiling() as bare, ceiling("argon2-cffi") as theirs:
        sign_up(server, handles(PEOPLE))
        requests = [login(each).decode() for each in handles(PEOPLE)]
        lanes = [{"requests": requests[lane::LANES], "times": A_ROUND // LANES} for lane in range(LANES)]
        taken = interleaved(
            {
                "ours": lambda: drive(server, lanes).cpu / A_ROUND,
                "bare": lambda: bare.cpu_of(A_ROUND) / A_ROUND,
                "theirs": lambda: theirs.cpu_of(A_ROUND) / A_ROUND,
            },
            options.rounds,
        ).inverted()
    parameters = f"m={MEMORY_KIB} t={PASSES} p={PARALLELISM}"
    for name, library in (("bare", f"OpenSSL, {version_of('cryptography')}"), ("theirs", version_of("argon2-cffi"))):
        yield Line(
            f"logins on {kind}",
            "per CPU-second",
            taken.median("ours"),
            f"bare Argon2id {parameters}, {library}",
            taken.median(name),
            taken.ratio("ours", name),
            Goal("ratio", least=0.90) if kind == "SQLite" and name == "bare" else None,
            rounds=taken.taken,
        )
