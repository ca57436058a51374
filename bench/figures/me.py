"""Who am I, by token: beside a peer that also looks its tokens up, and beside our own empty answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from bench.driving import LANES, repeating
from bench.line import Goal, Line
from bench.options import Options
from bench.people import at_peer, handles, log_in, sign_up
from bench.rounds import Rounds, Sample, interleaved
from bench.servers import KINDS, Kind, daemun, databases, peer, peers_python, peers_version
from bench.tools.empty import PATH
from bench.wire import request


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        taken = _measured(options, kind)
        yield _beside_the_peer(kind, taken)
        yield Line(
            f"GET /me on {kind}, and doing nothing",
            "per CPU-second",
            taken.median("ours"),
            f"GET {PATH}, our own empty route behind the same gate",
            taken.median("empty"),
            taken.ratio("ours", "empty"),
            Goal("ratio", least=0.6) if kind == "SQLite" else None,
        )


def _measured(options: Options, kind: Kind) -> Rounds:
    folder = options.folder / f"me-{kind}"
    folder.mkdir()
    with ExitStack() as stack:
        urls = stack.enter_context(databases(kind, folder))
        ours = stack.enter_context(daemun(folder / "ours", urls.ours))
        sign_up(ours, handles(LANES))
        samples: dict[str, Sample] = {
            "ours": repeating(ours, [request("GET", "/me", token=each.access) for each in log_in(ours, handles(LANES))]),
            "empty": repeating(ours, [request("GET", PATH)] * LANES),
        }
        if peers_python():
            theirs = stack.enter_context(peer(folder / "peer", urls.peers))
            tokens = at_peer(theirs, handles(LANES))
            samples["peer"] = repeating(theirs, [request("GET", "/users/me", token=each.access) for each in tokens])
            samples["peer empty"] = repeating(theirs, [request("GET", "/empty")] * LANES)
        return interleaved(samples, options.rounds).inverted()


def _beside_the_peer(kind: Kind, taken: Rounds) -> Line:
    what, goal = f"GET /me on {kind}", Goal("ratio", least=4.0)
    if "peer" not in taken.taken:
        return Line(what, "per CPU-second", taken.median("ours"), "peer not installed: make bench", goal=goal, rounds=taken.taken)
    return Line(
        what,
        "per CPU-second",
        taken.median("ours"),
        f"{peers_version()}, database strategy",
        taken.median("peer"),
        taken.ratio("ours", "peer"),
        goal,
        f"an empty FastAPI route without any gate, in the peer's process: {taken.median('peer empty'):,.0f} per CPU-second",
        taken.taken,
    )
