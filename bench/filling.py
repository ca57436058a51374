"""A database of millions, made in seconds: one real user is copied inside the database, with names of their own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from bench.servers import file_of, is_postgres
from daemun.adapters.database.postgresserver import OPTIONS
from daemun.adapters.database.sqlitefile import sqlite_module

A_BATCH = 500_000
BYTES_APIECE = 700
NUMBERS = "WITH RECURSIVE numbers(n) AS (VALUES({first}) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
Columns = Mapping[str, str]
# Nine digits, in words that both databases understand; so that every index grows at its right edge: what is measured is the full
# tables, not the filling.
NUMBER = "substr(CAST(1000000000 + n AS TEXT), 2)"
ID = f"'01AAAAAAAA0000000' || {NUMBER}"
NAMES: Columns = {
    "id": ID,
    "handle": f"'user_' || {NUMBER}",
    "handle_key": f"'user_' || {NUMBER}",
    "email": f"'user_' || {NUMBER} || '@example.com'",
    "email_key": f"'user_' || {NUMBER} || '@example.com'",
}


def handle_of(number: int) -> str:
    return f"user_{number:09}"


def id_of(number: int) -> str:
    return f"01AAAAAAAA{number:016}"


def fits(folder: Path, users: int) -> bool:
    return shutil.disk_usage(folder).free > users * BYTES_APIECE


def fill(url: str, users: int, more: Columns | None = None) -> None:
    """Copies the only user there `users` times; `more` are columns with a value for each `n`. Nobody else may have a SQLite file open."""
    copies: Mapping[str, Columns] = {"daemun_users": {**NAMES, **(more or {})}, "daemun_user_roles": {"user_id": ID}}
    if is_postgres(url):
        _fill_postgres(url, users, copies)
    else:
        _fill_sqlite(file_of(url), users, copies)


def _fill_sqlite(file: Path, users: int, copies: Mapping[str, Columns]) -> None:
    connection = sqlite_module().connect(file, isolation_level=None)
    try:
        # A crash here costs a file that is made again; what the server does later with its own pragmas is what is measured.
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-400000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        for table, replaced in copies.items():
            _multiply(connection, table, replaced, users)
    finally:
        connection.close()


def _multiply(connection: Any, table: str, replaced: Columns, users: int) -> None:
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


def _fill_postgres(url: str, users: int, copies: Mapping[str, Columns]) -> None:
    with psycopg.connect(url, autocommit=True, options=OPTIONS) as connection:
        connection.execute("SET synchronous_commit = off")
        for table, replaced in copies.items():
            indexes = _without_indexes(connection, table)
            asked = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
            columns = [row[0] for row in connection.execute(asked, [table])]
            chosen = ", ".join(replaced.get(each, f"template.{each}") for each in columns)
            numbers = f"generate_series(0, {users - 1}) AS n"
            _say(connection, f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM {numbers} CROSS JOIN {table} AS template")
            for each in indexes:  # made at once: much faster than row by row
                _say(connection, each)
            _say(connection, f"VACUUM ANALYZE {table}")


def _without_indexes(connection: psycopg.Connection, table: str) -> list[str]:
    """Drops those that no constraint needs, and says how to make them again."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    for name, _ in found:
        _say(connection, f"DROP INDEX {name}")
    return [definition for _, definition in found]


def _say(connection: psycopg.Connection, statement: str) -> None:
    connection.execute(statement.encode())
