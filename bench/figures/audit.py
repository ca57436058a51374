"""The audit log: what it costs to write, prove, check and forget."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from bench.audit.checking import checked
from bench.audit.log import opened
from bench.audit.proving import proven
from bench.audit.searching import searched
from bench.audit.writing import written
from bench.line import Line
from bench.options import Options
from bench.servers import KINDS, Kind, databases


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        folder = options.folder / f"audit-{kind}"
        folder.mkdir()
        with databases(kind, folder) as urls:
            yield from asyncio.run(_measured(kind, urls.ours or f"sqlite:///{folder / 'bench.db'}", folder, options))


async def _measured(kind: Kind, url: str, folder: Path, options: Options) -> list[Line]:
    async with opened(kind, url, folder) as log:
        lines = [line async for line in written(log, options.events)]
        lines += await asyncio.to_thread(lambda: list(proven(log)))
        lines += [line async for line in checked(log)]
        return lines + ([line async for line in searched(log, options.found)] if options.found else [])
