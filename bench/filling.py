"""A database of millions, made in seconds: one real user is copied inside SQLite, with names of their own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from daemun.adapters.database.sqlitefile import sqlite_module

A_BATCH = 500_000
BYTES_APIECE = 700
NUMBERS = "WITH RECURSIVE numbers(n) AS (VALUES({first}) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
# Zero-padded, so that every index grows at its right edge: what is measured is the full tables, not the filling.
COPIES: dict[str, Mapping[str, str]] = {
    "daemun_users": {
        "id": "printf('01AAAAAAAA%016d', n)",
        "handle": "printf('user_%09d', n)",
        "handle_key": "printf('user_%09d', n)",
        "email": "printf('user_%09d@example.com', n)",
        "email_key": "printf('user_%09d@example.com', n)",
    },
    "daemun_user_roles": {"user_id": "printf('01AAAAAAAA%016d', n)"},
}


def handle_of(number: int) -> str:
    return f"user_{number:09}"


def fits(folder: Path, users: int) -> bool:
    return shutil.disk_usage(folder).free > users * BYTES_APIECE


def fill(file: Path, users: int) -> None:
    """Copies the only user in the file `users` times. Nobody else may have the file open."""
    connection = sqlite_module().connect(file, isolation_level=None)
    try:
        # A crash here costs a file that is made again; what the server does later with its own pragmas is what is measured.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-400000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        for table, replaced in COPIES.items():
            _multiply(connection, table, replaced, users)
    finally:
        connection.close()


def _multiply(connection: Any, table: str, replaced: Mapping[str, str], users: int) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    chosen = ", ".join(replaced.get(each, f"template.{each}") for each in columns)
    [original] = connection.execute(f"SELECT min(rowid) FROM {table}").fetchone()
    for first in range(0, users, A_BATCH):
        numbers = NUMBERS.format(first=first, last=min(first + A_BATCH, users) - 1)
        connection.execute("BEGIN")
        connection.execute(
            f"{numbers} INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {chosen} FROM numbers CROSS JOIN {table} AS template WHERE template.rowid = {original}"
        )
        connection.execute("COMMIT")
