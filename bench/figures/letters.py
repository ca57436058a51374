"""Letters: posted in stories and delivered by the worker, beside a client that only sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial

from bench.line import Goal, Line
from bench.machine import version_of
from bench.options import Options
from bench.posting import MADE, READY, Told, postman
from bench.rounds import Rounds, interleaved
from bench.servers import KINDS, Kind, database_of, databases
from bench.sink import sink

A_ROUND = 400
BESIDE = {
    MADE: "made into a mail by the standard library and sent over one connection, nothing kept",
    READY: "a finished mail sent over one connection",
}


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        told, taken = _measured(options, kind)
        what, ours = f"letters posted and delivered on {kind}", taken.median("ours")
        goal = Goal("ratio", least=0.3) if kind == "SQLite" else None
        note = "; ".join(f"{name} {_by_the_wall(rounds):,.0f}" for name, rounds in told.items())
        for name, beside in BESIDE.items():
            yield Line(
                what,
                "per CPU-second",
                ours,
                f"{beside}, {version_of('aiosmtplib')}",
                taken.median(name),
                taken.ratio("ours", name),
                goal if name == MADE else None,
                f"a second by the wall, in the best round: {note}" if name == MADE else "",
                taken.taken,
            )


def _measured(options: Options, kind: Kind) -> tuple[Mapping[str, list[Told]], Rounds]:
    folder = options.folder / f"letters-{kind}"
    (folder / "data").mkdir(parents=True)
    told: dict[str, list[Told]] = {name: [] for name in ("ours", *BESIDE)}

    def sample(name: str) -> float:
        told[name].append(postmen[name](A_ROUND))
        return told[name][-1].cpu / A_ROUND

    with ExitStack() as stack:
        port, urls = stack.enter_context(sink(folder)), stack.enter_context(databases(kind, folder))
        outbox = urls.ours or database_of(folder)
        postmen = {name: stack.enter_context(postman(port, outbox if name == "ours" else name)) for name in told}
        return told, interleaved({name: partial(sample, name) for name in told}, options.rounds).inverted()


def _by_the_wall(rounds: list[Told]) -> float:
    """The other rounds tell of the neighbours."""
    return A_ROUND / min(each.seconds for each in rounds)
