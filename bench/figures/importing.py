"""A million people come over: how fast, and whether memory grows with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.arrivals import Taken, copied, empty, run, spreadsheet
from bench.filling import fits
from bench.line import Goal, Line
from bench.options import Options
from bench.servers import KINDS, Kind, database_of, databases

BARE = "the same rows into the same tables by the driver's executemany, which checks nothing"
RATIO, GROWTH = Goal("ratio", least=0.15), Goal("ratio", most=1.15)


def measure(options: Options) -> Iterator[Line]:
    many, few = options.arrivals, max(1, options.arrivals // 10)
    if not fits(options.folder, 3 * many):
        yield Line(f"import of {many:,} people", "per CPU-second", None, goal=RATIO, note="not enough room on the disk for this many")
        return
    for kind in KINDS:
        small, _ = _measured(options, kind, few)
        # Once is enough of the longest: what differs between the databases is seen in a tenth of it.
        if kind == "SQLite":
            large, bare = _measured(options, kind, many)
            yield _rate(kind, many, large, bare)
            yield _memory(kind, many, few, large, small)
        else:
            yield _rate(kind, few, small, _)


def _measured(options: Options, kind: Kind, people: int) -> tuple[Taken, Taken]:
    """Ours, and the driver's alone right after it."""
    folder = options.folder / f"import-{kind}-{people}"
    folder.mkdir()
    file = spreadsheet(folder / "people.csv", people)
    with databases(kind, folder) as urls, databases(kind, folder / "bare") as others:
        ours, bare = urls.ours or database_of(folder), others.ours or database_of(_made(folder / "bare"))
        empty(folder, ours)
        empty(_made(folder / "bare"), bare)
        taken = run(folder, ours, "import", "csv", str(file))
        return taken, copied(ours, bare)


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _rate(kind: Kind, people: int, ours: Taken, bare: Taken) -> Line:
    return Line(
        f"import of {people:,} people on {kind}",
        "per CPU-second",
        people / ours.cpu,
        BARE,
        people / bare.cpu,
        bare.cpu / ours.cpu,
        RATIO if kind == "SQLite" else None,
        f"by the wall {people / ours.seconds:,.0f} a second, bare {people / bare.seconds:,.0f}; from the start of the command to its end",
    )


def _memory(kind: Kind, many: int, few: int, large: Taken, small: Taken) -> Line:
    return Line(
        f"import of {many:,} people on {kind}, at its peak",
        "MB (RSS)",
        large.peak,
        f"of {few:,} people",
        small.peak,
        large.peak / small.peak,
        GROWTH,
    )
