"""`python -m bench.audit.filling FOLDER EVENTS`: a log to be searched, kept for several runs. PostgreSQL gets a copy of it."""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.audit.log import MIGRATIONS, PEOPLE, SEEN, Opened, opened
from bench.servers import Kind
from daemun.adapters import migrations
from daemun.adapters.database import connect_postgres, connect_sqlite
from daemun.core.actor import Actor
from daemun.core.event import EventKind, Happening
from daemun.ports.database import Work

MONTH = timedelta(days=30)
APART = timedelta(seconds=5)
SEED, AT_ONCE = 20261121, 1_000
FAILED = EventKind("auth.login", "failure", "login", resource_type="session", fields={"reason": "public"})
CHANGED = EventKind("role.grant", "success", "admin", resource_type="role", fields={"role": "public"})
KINDS = (FAILED, CHANGED)
COPIED = {
    "daemun_audit_keys": ("bench.db", "SELECT name, subject, wrapped, created_at, blocked_at FROM daemun_audit_keys"),
    "daemun_audit_log": ("bench-audit.db", "SELECT one, origin, size, hashes, checkpoint, minimum FROM log"),
    "daemun_audit_entries": ("bench-audit.db", "SELECT idx, entry FROM entries"),
    "daemun_audit_parts": ("bench-audit.db", "SELECT idx, parts FROM parts"),
    "daemun_audit_tiles": ("bench-audit.db", "SELECT level, idx, data FROM tiles"),
}


async def fill(log: Opened, events: int) -> None:
    """As a log grows: in the order of time, but for seconds. Logins by many, some that fail, few changes of roles."""
    dice, begun = random.Random(SEED), datetime.now(UTC) - MONTH - APART

    def many(work: Work, first: int, count: int) -> None:
        for place in range(first, first + count):
            kind = dice.choices((None, *KINDS), (94, 5, 1))[0]
            number, at = dice.randrange(PEOPLE), begun + (MONTH * place) / events + APART * dice.random()
            other = kind and Happening(work.new_id(), kind.by(Actor("user", f"01KA{number:022}"), at), SEEN)
            log.audit.append(work, other or log.login(work, number, at))

    for first in range(0, events, AT_ONCE):
        await log.visit.work(many, first, min(AT_ONCE, events - first))
    await asyncio.to_thread(log.sequencer().once)


def copied(kind: Kind, url: str, folder: Path, filled: Path) -> None:
    """The log that was filled, beside the database of this run."""
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    if kind == "PostgreSQL":
        migrations.upgrade(url, {"audit": MIGRATIONS})
        with connect_postgres(url) as raw:
            for table, (file, sql) in COPIED.items():
                _copy(raw, table, rows(folder / file, sql))


def rows(file: Path, sql: str) -> Iterator[Any]:
    with closing(connect_sqlite(file)) as raw:
        yield from raw.execute(sql)


def _copy(raw: psycopg.Connection[Any], table: str, found: Iterator[Any]) -> None:
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in found:
            copy.write_row(row)


async def _main(folder: Path, events: int) -> None:
    folder.mkdir(parents=True)
    async with opened("SQLite", f"sqlite:///{folder / 'bench.db'}", folder) as log:
        await fill(log, events)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2])))
