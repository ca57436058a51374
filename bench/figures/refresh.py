"""Renewing tokens: every one is a durable write."""

from __future__ import annotations

from collections.abc import Iterator

from bench.driving import chaining
from bench.line import Goal, Line
from bench.options import Options
from bench.people import handles, log_in, sign_up
from bench.rounds import interleaved
from bench.servers import KINDS, Kind, daemun, databases

PEOPLE = 16


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        yield _measured(options, kind)


def _measured(options: Options, kind: Kind) -> Line:
    folder = options.folder / f"refresh-{kind}"
    folder.mkdir()
    with databases(kind, folder) as urls, daemun(folder / "ours", urls.ours) as server:
        sign_up(server, handles(PEOPLE))
        tokens = [each.refresh for each in log_in(server, handles(PEOPLE))]
        taken = interleaved({"ours": chaining(server, "/auth/refresh", "refresh_token", tokens)}, options.rounds).inverted()
    return Line(f"POST /auth/refresh on {kind}", "per CPU-second", taken.median("ours"), goal=Goal("ours", least=240.0), rounds=taken.taken)
