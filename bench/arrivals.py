"""People to import, and what an import of them leaves in the database put there by the driver alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

from bench.servers import environment, file_of, is_postgres
from daemun.adapters.database.postgresserver import OPTIONS
from daemun.adapters.database.sqlitefile import sqlite_module

HEAD = "id,username,email,name,hashed_password,is_active,is_verified,created_at\n"
SALTS = "abcdefghijklmnopqrstuvwxyz"
TABLES = ("daemun_users", "daemun_user_roles", "daemun_imported")
A_BATCH = 500
"""As many as an import writes at once: both commit as often."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


METER = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=2)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""
"""A small process between: Linux counts the memory of whoever starts a process towards its peak."""


@dataclass(frozen=True, slots=True)
class Taken:
    cpu: float
    seconds: float
    peak: float = 0.0
    """Megabytes."""


def spreadsheet(path: Path, people: int) -> Path:
    """Every one with a hash of their own, by its looks: what it is made of is not computed here."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(people):
            told = f"{number:031}".translate({48 + each: SALTS[each] for each in range(10)})
            day = f"{2015 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}T09:00:00Z"
            file.write(
                f"{number},user_{number:09},user_{number:09}@example.com,안은주,$2b$12${told[:21]}u{told},true,{number % 3 > 0},{day}\n"
            )
    return path


def run(folder: Path, url: str, *words: str) -> Taken:
    """`daemun …` as it is typed, from its start to its end."""
    began = time.monotonic()
    typed = [sys.executable, "-m", "daemun", *words, "--data", str(folder / "data"), "--database-url", url]
    command = [sys.executable, "-c", METER, *typed]
    with (folder / "log").open("ab") as log:
        done = subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=log, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{words}: {(folder / 'log').read_text(errors='replace')[-2000:]}")
    cpu, peak = done.stdout.split()
    return Taken(float(cpu), time.monotonic() - began, int(peak) / 1024)


def empty(folder: Path, url: str) -> None:
    """The tables, and nobody in them."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    run(folder, url, "migrate", "up")


def copied(from_url: str, to_url: str) -> Taken:
    """The rows of one database into the empty tables of another. Only the writing is timed."""
    return _copied_postgres(from_url, to_url) if is_postgres(from_url) else _copied_sqlite(file_of(from_url), file_of(to_url))


def _copied_sqlite(source: Path, target: Path) -> Taken:
    sqlite: Any = sqlite_module()
    with closing(sqlite.connect(source)) as there, closing(sqlite.connect(target, isolation_level=None)) as here:
        for pragma in PRAGMAS:
            here.execute(f"PRAGMA {pragma}").fetchall()
        writer = Writer()
        for batches in _together([there.execute(f"SELECT * FROM {table}") for table in TABLES]):
            with writer:
                here.execute("BEGIN IMMEDIATE")
                for table, rows in batches:
                    here.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))}) ON CONFLICT DO NOTHING", rows)
                here.execute("COMMIT")
    return writer.taken


def _copied_postgres(source: str, target: str) -> Taken:
    with psycopg.connect(source, options=OPTIONS) as there, psycopg.connect(target, options=OPTIONS) as here:
        writer, readers = Writer(), [there.cursor(name=table) for table in TABLES]
        for table, reader in zip(TABLES, readers, strict=True):
            reader.execute(f"SELECT * FROM {table}".encode())
        for batches in _together(readers):
            with writer, here.cursor() as cursor:
                for table, rows in batches:
                    places = ",".join(["%s"] * len(rows[0]))
                    cursor.executemany(f"INSERT INTO {table} VALUES ({places}) ON CONFLICT DO NOTHING".encode(), rows)
                here.commit()
    return writer.taken


class Writer:
    """Adds up what happens inside it."""

    def __init__(self) -> None:
        self.taken = Taken(0.0, 0.0)

    def __enter__(self) -> None:
        self._began = time.process_time(), time.monotonic()

    def __exit__(self, *_: object) -> None:
        cpu, wall = self._began
        self.taken = Taken(self.taken.cpu + time.process_time() - cpu, self.taken.seconds + time.monotonic() - wall)


def _together(readers: Sequence[Any]) -> Iterator[list[tuple[str, list[tuple[Any, ...]]]]]:
    """A batch of each table at a time."""
    walks = [iter(each) for each in readers]
    while batches := [(table, rows) for table, walk in zip(TABLES, walks, strict=True) if (rows := list(islice(walk, A_BATCH)))]:
        yield batches
