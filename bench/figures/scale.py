"""The same requests among ten thousand users and among ten million."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.driving import chaining, repeating
from bench.filling import fill, fits, handle_of
from bench.line import Goal, Line
from bench.options import Options
from bench.people import handles, log_in, sign_up
from bench.rounds import Sample, interleaved
from bench.servers import Server, daemun, database_of
from bench.wire import request

FEW = 10_000
ASKING = 96  # people who log in, at random places of the tables: the same few would sit in every cache
SEED = 20261121
GOAL = Goal("ratio", most=1.3)


def measure(options: Options) -> Iterator[Line]:
    what = f"among {options.users:,} users"
    if not fits(options.folder, options.users):
        yield Line(f"GET /me {what}", "µs of CPU", None, goal=GOAL, note="not enough room on the disk for this many")
        return
    with ExitStack() as stack:
        few, _ = filled(options.folder / "few", FEW)
        many, seconds = filled(options.folder / "many", options.users)
        servers = {"few": stack.enter_context(daemun(few, database_of(few))), "many": stack.enter_context(daemun(many, database_of(many)))}
        counts = {"few": FEW, "many": options.users}
        samples = {f"{name} {how}": each for name, server in servers.items() for how, each in asked(server, counts[name]).items()}
        taken = interleaved(samples, options.rounds)
        size = (many / "data" / "bench.db").stat().st_size / 2**30
    note = f"{options.users:,} users were filled in {seconds:.0f} s, {size:.1f} GB"
    for how in ("GET /me", "POST /auth/refresh"):
        ours, theirs = taken.median(f"many {how}") * 1e6, taken.median(f"few {how}") * 1e6
        ratio = taken.ratio(f"many {how}", f"few {how}")
        yield Line(f"{how} {what}", "µs of CPU", ours, f"among {FEW:,}", theirs, ratio, GOAL, note, taken.taken)
        note = ""


def filled(folder: Path, users: int) -> tuple[Path, float]:
    """A data folder with so many users who can log in, and the seconds it took to fill."""
    with daemun(folder, database_of(folder)) as server:
        sign_up(server, handles(1))
    began = time.perf_counter()
    fill(database_of(folder), users)
    return folder, time.perf_counter() - began


def asked(server: Server, users: int) -> dict[str, Sample]:
    dice = random.Random(SEED)
    tokens = log_in(server, [handle_of(dice.randrange(users)) for _ in range(ASKING)])
    return {
        "GET /me": repeating(server, [request("GET", "/me", token=each.access) for each in tokens]),
        "POST /auth/refresh": chaining(server, "/auth/refresh", "refresh_token", [each.refresh for each in tokens]),
    }
