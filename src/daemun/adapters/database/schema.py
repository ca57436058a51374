"""A connection for changing the schema: one transaction, and nobody else changes it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from daemun.adapters.database.filelock import FileLock, beside
from daemun.adapters.database.postgresserver import SCHEMA, postgres_address, postgres_engine
from daemun.adapters.database.sqlitefile import private_file, raw_of, sqlite_engine, sqlite_path

LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('daemun.schema', 0))")


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """Commits when the block ends, undoes all of it when it raises. Others wait."""
    with _alone_on_file(sqlite_path(url)) if url.startswith("sqlite:") else _alone_on_server(url) as connection:
        yield connection


@contextmanager
def glance(url: str) -> Iterator[Connection | None]:
    """For a look at what is there; None where there is no file. Creates nothing."""
    if url.startswith("sqlite:"):
        path = sqlite_path(url)
        if not path.exists():
            yield None
            return
        engine = sqlite_engine(path)
    else:
        engine = postgres_engine(postgres_address(url))
    with engine.connect() as connection:
        yield connection


@contextmanager
def _alone_on_file(path: Path) -> Iterator[Connection]:
    private_file(path)
    with closing(FileLock(beside(path))) as lock, lock, sqlite_engine(path).connect() as connection:
        raw = raw_of(connection)
        raw.execute("PRAGMA foreign_keys=OFF")  # a table that is rebuilt is dropped, which would empty those that point to it
        raw.execute("BEGIN IMMEDIATE")
        try:
            with connection.begin():  # for SQLAlchemy's book-keeping only
                yield connection
                if broken := raw.execute("PRAGMA foreign_key_check").fetchone():
                    raise RuntimeError(f"rows of {broken[0]} point to nothing in {broken[2]}")
                raw.execute("COMMIT")
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")


@contextmanager
def _alone_on_server(url: str) -> Iterator[Connection]:
    engine = postgres_engine(postgres_address(url)).execution_options(isolation_level="READ COMMITTED")
    with engine.begin() as connection:
        connection.execute(LOCK)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        yield connection
