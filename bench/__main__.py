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
from bench.table import notes, table


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Daemun beside peers and bare limits.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"one or more of: {', '.join(FIGURES)}; none: all")
    parser.add_argument("--json", action="store_true", help="print JSON, with every round")
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds of each sample (default 5)")
    parser.add_argument("--users", type=int, default=10_000_000, help="users of the scale figure (default 10,000,000)")
    parser.add_argument("--crowd", type=int, default=1_000_000, help="users of the people figure (default 1,000,000)")
    parser.add_argument("--arrivals", type=int, default=1_000_000, help="people of the import figure (default 1,000,000)")
    parser.add_argument("--events", type=int, default=100_000, help="events of the audit figure (default 100,000)")
    parser.add_argument(
        "--found", type=int, default=1_000_000, help="events that are searched in the audit figure; 0: none (default 1,000,000)"
    )
    parser.add_argument(
        "--pairs", type=int, help=f"pairs an endpoint of the timing figure (default: {LEAST}, up to {MOST} while in doubt and time is left)"
    )
    parser.add_argument("--folder", type=Path, help="where the files go while it measures (default: the system's temporary folder)")
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - FIGURES.keys():
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    return chosen


def measured(names: Sequence[str], chosen: argparse.Namespace) -> Iterator[Line]:
    for name in names:
        print(f"▸ {name} (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="daemun-bench-", dir=chosen.folder) as folder:
            yield from FIGURES[name](
                Options(Path(folder), chosen.rounds, chosen.users, chosen.crowd, chosen.arrivals, chosen.events, chosen.found, chosen.pairs)
            )


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
