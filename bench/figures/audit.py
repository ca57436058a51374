"""The audit log: what it costs to write, prove, check and forget."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from bench.audit.checking import checked
from bench.audit.filling import copied
from bench.audit.log import Opened, opened
from bench.audit.proving import proven
from bench.audit.searching import searched
from bench.audit.writing import written
from bench.line import Line
from bench.options import Options
from bench.servers import KINDS, Kind, databases


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS if options.kind is None else (options.kind,):
        folder = options.folder / f"audit-{kind}"
        folder.mkdir()
        with databases(kind, folder) as urls:
            url = urls.ours or f"sqlite:///{folder / 'bench.db'}"
            if options.filled:
                copied(kind, url, folder, options.filled)
            yield from asyncio.run(_measured(kind, url, folder, options))


async def _measured(kind: Kind, url: str, folder: Path, options: Options) -> list[Line]:
    async with opened(kind, url, folder) as log:
        lines = await _logged(log, options.events) if options.events else []
        return lines + ([line async for line in searched(log, options.found)] if options.found else [])


async def _logged(log: Opened, events: int) -> list[Line]:
    lines = [line async for line in written(log, events)]
    lines += await asyncio.to_thread(lambda: list(proven(log)))
    return lines + [line async for line in checked(log)]
