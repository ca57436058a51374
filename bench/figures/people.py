"""Finding people among a million: how long an administrator waits."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import psycopg

from bench.caller import Caller, caller
from bench.filling import fill, fits
from bench.line import Goal, Line, number
from bench.options import Options
from bench.people import PASSWORD, handles, log_in, sign_up
from bench.searching import CROWD, QUESTIONS, Query
from bench.servers import KINDS, daemun, database_of, databases, environment, file_of, is_postgres
from bench.wire import request
from daemun.adapters.database.postgresserver import OPTIONS
from daemun.adapters.database.sqlitefile import sqlite_module

ADMIN = "bench_admin"
PATH = "/api/v1/users"
A_ROUND = 40
"""Times every question is asked in a round."""
SEED = 20261121
GOAL = Goal("ours", most=20.0)
ROWS = "SELECT * FROM daemun_users WHERE id IN ({})"
WARM = 5
Times = dict[str, list[float]]
Fetch = Callable[[Sequence[str]], object]


def measure(options: Options) -> Iterator[Line]:
    what = f"people among {options.crowd:,}"
    if not fits(options.folder, 2 * options.crowd):
        yield Line(what, "ms", None, goal=GOAL, note="not enough room on the disk for this many")
        return
    for kind in KINDS:
        folder = options.folder / f"people-{kind}"
        folder.mkdir()
        with databases(kind, folder) as urls:
            yield _measured(f"{what} on {kind}", folder, urls.ours or database_of(folder), options)


def _measured(what: str, folder: Path, url: str, options: Options) -> Line:
    crowd(folder, url, options.crowd)
    with daemun(folder, url) as server, caller(server.port) as connection, by_key(url) as fetch:
        [admin] = log_in(server, [ADMIN])
        if (status := connection.ask(asked({}, admin.access)).status) != 200:
            return Line(what, "ms", None, goal=GOAL, broken=f"GET {PATH} answered {status}")
        taken, bare = _taken(connection, fetch, admin.access, options)
    told = {name: p95(times) for name, times in taken.items()}
    slowest = max(told, key=told.__getitem__)
    return Line(
        f"{what}: {slowest}, the slowest of {len(told)} questions",
        "ms, p95",
        told[slowest],
        "the same rows by their keys, in the database alone",
        p95(bare[slowest]),
        told[slowest] / p95(bare[slowest]),
        GOAL,
        "; ".join(f"{name} {number(told[name])} ({number(p95(bare[name]))})" for name in sorted(told, key=told.__getitem__)),
        taken,
    )


def _taken(connection: Caller, fetch: Fetch, token: str, options: Options) -> tuple[Times, Times]:
    """Milliseconds, ours and the bare ones. Each question is another one every time, and its turn comes when the dice say so."""
    dice, taken, bare = random.Random(SEED), dict[str, list[float]](), dict[str, list[float]]()
    for turn in range(WARM + A_ROUND * options.rounds):
        for name in dice.sample(list(QUESTIONS), len(QUESTIONS)):
            found, seconds = connection.timed(asked(QUESTIONS[name](dice, options.crowd), token))
            if found.status != 200:
                raise RuntimeError(f"{name}: {found.status} {found.body[:300].decode(errors='replace')}")
            ids = [each["id"] for each in found.data["users"]]
            began = time.perf_counter()
            fetch(ids)
            if turn >= WARM:
                bare.setdefault(name, []).append((time.perf_counter() - began) * 1000)
                taken.setdefault(name, []).append(seconds * 1000)
    return taken, bare


def asked(query: Query, token: str) -> bytes:
    return request("GET", f"{PATH}?{urlencode(query)}", token=token)


def p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[-1]


def crowd(folder: Path, url: str, users: int) -> None:
    with daemun(folder, url) as server:
        sign_up(server, handles(1))
    fill(url, users, CROWD)
    command = ["admin", "create", "--handle", ADMIN, "--email", f"{ADMIN}@example.com", "--name", "문지기", "--password-stdin"]
    where = ["--data", str(folder / "data"), "--database-url", url]
    made = [sys.executable, "-m", "daemun", *command, *where]
    subprocess.run(made, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True, env=environment(), cwd=folder)


@contextmanager
def by_key(url: str) -> Iterator[Fetch]:
    """The driver alone: no server, no JSON, no question who asks."""
    if is_postgres(url):
        with psycopg.connect(url, autocommit=True, options=OPTIONS) as there:
            yield lambda ids: there.execute(ROWS.format(",".join(["%s"] * len(ids)) or "''").encode(), ids).fetchall()
        return
    with closing(sqlite_module().connect(file_of(url))) as here:
        yield lambda ids: here.execute(ROWS.format(",".join("?" * len(ids))), ids).fetchall()
