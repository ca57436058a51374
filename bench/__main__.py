"""`python -m bench [FIGURE …] [--json]`: measures, and prints one table."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import FIGURES
from bench.line import Line
from bench.machine import described
from bench.options import Options
from bench.pairing import LEAST, MOST
from bench.servers import KINDS
from bench.table import notes, table

SIZES = {
    "crowd": (1_000_000, 1_000_000, "users of the people figure"),
    "users": (1_000_000, 10_000_000, "users of the scale figure"),
    "arrivals": (50_000, 1_000_000, "people of the import figure"),
    "events": (20_000, 100_000, "events of the audit figure"),
    "found": (20_000, 1_000_000, "events that are searched in the audit figure; 0: none"),
}
"""How many when all figures shall be done within ten minutes, and how many the goals speak of."""
PATIENCE, FULL_PATIENCE = 5.0, 15.0
"""Seconds for an endpoint of the timing figure: on a busy machine nothing becomes sure."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Daemun beside peers and bare limits.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"one or more of: {', '.join(FIGURES)}; none: all")
    parser.add_argument("--json", action="store_true", help="print JSON, with every round")
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds of each sample (default 5)")
    parser.add_argument("--full", action="store_true", help="the sizes the goals speak of: takes long, and much room")
    for name, (size, full, what) in SIZES.items():
        parser.add_argument(f"--{name}", type=int, help=f"{what} (default {size:,}; with --full {full:,})")
    parser.add_argument(
        "--filled", type=Path, help="a log made by `python -m bench.audit.filling FOLDER EVENTS`, to be searched (with --events 0)"
    )
    parser.add_argument("--kind", choices=KINDS, help="of the audit log's databases only this one")
    parser.add_argument(
        "--pairs", type=int, help=f"pairs an endpoint of the timing figure (default: {LEAST}, up to {MOST} while in doubt and time is left)"
    )
    parser.add_argument("--folder", type=Path, help="where the files go while it measures (default: the system's temporary folder)")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - FIGURES.keys():
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    for name, (size, full, _) in SIZES.items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, full if chosen.full else size)
    return chosen


def measured(names: Sequence[str], chosen: argparse.Namespace) -> Iterator[Line]:
    for name in names:
        print(f"▸ {name} (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="daemun-bench-", dir=chosen.folder) as folder:
            yield from FIGURES[name](options_of(chosen, Path(folder)))


def options_of(chosen: argparse.Namespace, folder: Path) -> Options:
    sizes = {name: getattr(chosen, name) for name in SIZES}
    patience = FULL_PATIENCE if chosen.full else PATIENCE
    return Options(folder, chosen.rounds, **sizes, filled=chosen.filled, kind=chosen.kind, pairs=chosen.pairs, patience=patience)


def main() -> int:
    """1 when a goal was missed."""
    chosen = arguments()
    lines = list(measured(chosen.figures or list(FIGURES), chosen))
    machine = described(chosen.rounds)
    if chosen.json:
        print(json.dumps({"lines": [line.as_json() for line in lines], "machine": machine}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(filter(None, (table(lines), notes(lines), machine))))
    return int(any(line.verdict == "missed" for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
