"""What it costs to check, and to keep: verification, bytes, and forgetting somebody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from bench.audit import limits
from bench.audit.log import PEOPLE, Opened, last_of_hundred, told
from bench.line import Goal, Line
from daemun.adapters.database import connect_postgres, connect_sqlite
from daemun.core.actor import SHELL
from daemun.features.audit import AuditSettings, Forgetting, export_log, reading, verify_bundle, writing

ERASED = 200


async def checked(log: Opened) -> AsyncIterator[Line]:
    yield await asyncio.to_thread(_stored, log)
    if log.kind == "SQLite":
        for line in await asyncio.to_thread(_verified, log):
            yield line
    yield await _erased(log)


def _verified(log: Opened) -> list[Line]:
    """A bundle is the same whatever it came from."""
    bundle, key = log.folder / "bundle", str(log.audit.signing.signer.key(log.audit.origin))
    with writing(bundle) as write:
        size = export_log(log.audit.ledger, [], write)
    bare = limits.bare_hashes()
    alone = size / _verify(bundle, key)
    with ProcessPoolExecutor(2, get_context("spawn")) as two:
        list(two.map(_verify, [bundle, bundle], [key, key]))
        start = time.perf_counter()
        list(two.map(_verify, [bundle, bundle], [key, key]))
        together = 2 * size / (time.perf_counter() - start)
    beside, note = "hashing entries, one core", f"{size:,} entries, the sealed parts checked too"
    return [
        Line("verify on one core", "entries a second", alone, beside, bare, alone / bare, Goal("ours", least=250_000), note),
        Line("verify, two bundles on two cores", "entries a second", together, beside, bare, together / bare, Goal("ours", least=450_000)),
    ]


def _verify(bundle: Path, key: str) -> float:
    with reading(bundle) as read:
        start = time.perf_counter()
        report = verify_bundle(read, [key])
        took = time.perf_counter() - start
    if not report.ok:
        raise SystemExit(f"the log did not verify: {report.findings[:3]}")
    return took


async def _erased(log: Opened) -> Line:
    forgetting, times = Forgetting.of(log.audit, AuditSettings()), list[float]()
    for number in range(ERASED):
        start = time.perf_counter()
        await log.visit.work(forgetting.erase, f"01KA{number:022}", reason="bench", by=SHELL)
        times.append(time.perf_counter() - start)
    standing = await log.audit.standing()
    note = f"{told(times)}; each had about {standing.size // PEOPLE:,} entries"
    return Line(f"erase one person on {log.kind}, p99", "ms", last_of_hundred(times) * 1e3, goal=Goal("ours", most=50), note=note)


def _stored(log: Opened) -> Line:
    """Entries, sealed parts and tiles; the search's rows are their own figure."""
    standing = log.audit.ledger.standing()
    size = standing.size if standing else 1
    stored = _in_sqlite(log.folder) if log.kind == "SQLite" else _in_postgres(log.url)
    kept = log.audit.ledger.entries(size // 2, 1)[0]
    note = f"of it the entry {len(kept.entry)} B, its sealed parts {len(kept.parts)} B, the tree 32.1 B"
    goal = Goal("ours", most=450 if log.kind == "SQLite" else 600)
    return Line(f"stored for each event on {log.kind}, search not counted", "B", stored / size, goal=goal, note=note)


def _in_sqlite(folder: Path) -> int:
    """Without what the write-ahead log still holds: it is as large for a million."""
    (file,) = folder.glob("*-audit.db")
    with closing(connect_sqlite(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return file.stat().st_size


def _in_postgres(url: str) -> int:
    sizes = ", ".join(f"pg_total_relation_size('daemun_audit_{each}')" for each in ("entries", "parts", "tiles"))
    with closing(connect_postgres(url)) as raw:
        return sum(raw.execute(f"SELECT {sizes}").fetchone())
