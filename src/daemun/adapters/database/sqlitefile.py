"""A SQLite file as we open it: which library, which pragmas, whose eyes."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool

from daemun.adapters.database.shared import database_error

BUSY_MILLISECONDS: Final = 5000
PRAGMAS: Final = (
    f"busy_timeout={BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # Only the writer check-points, and only under the file lock: older libraries can corrupt the file when two do at once.
    "wal_autocheckpoint=0",
)
# BUSY LOCKED NOMEM INTERRUPT IOERR CORRUPT FULL CANTOPEN PROTOCOL NOTADB: the file's trouble, not the statement's.
AWAY: Final = frozenset({5, 6, 7, 9, 10, 11, 13, 14, 15, 26})
READONLY: Final = 8


def sqlite_path(url: str) -> Path:
    """The file a `sqlite:///` URL names. Several processes share it, so it cannot be in memory."""
    database = make_url(url).database
    if not database or database == ":memory:":
        raise ValueError("a SQLite URL names a file: sqlite:///path")
    return Path(database).absolute()


def sqlite_module() -> ModuleType:
    """The one SQLite library for our files: `pysqlite3`, whose SQLite has the WAL-reset fix, or else the interpreter's."""
    try:
        from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # it has no stubs
    except ImportError:
        import sqlite3

        return sqlite3.dbapi2
    found: ModuleType = dbapi2
    return found


def private_file(path: Path) -> None:
    """Made for the owner alone before SQLite opens it: its -wal and -shm take the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # Never opens a file that exists: closing it again would drop the POSIX locks SQLite holds on it in this process.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return


def sqlite_engine(path: Path) -> Engine:
    """An engine whose connections begin nothing by themselves: BEGIN and COMMIT are said where they are meant."""
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite_module(),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error goes to the log; names, addresses and hashes do not
        connect_args={"check_same_thread": False, "cached_statements": 512, "timeout": BUSY_MILLISECONDS / 1000},
        execution_options={"preserve_rowcount": True},
    )
    event.listen(engine, "connect", prepare)
    return engine


def prepare(raw: Any, record: object) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    for pragma in PRAGMAS:
        raw.execute(f"PRAGMA {pragma}").fetchone()


def raw_of(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.driver_connection


def is_away(error: BaseException) -> bool:
    """Whether the file could not be used, as opposed to a statement that is wrong."""
    return _code(error) in AWAY


def is_away_for_writing(error: BaseException) -> bool:
    """The same for who may write. For a reader, an attempt to write is a statement that is wrong."""
    return _code(error) in AWAY | {READONLY}


def _code(error: BaseException) -> int | None:
    code = getattr(database_error(error), "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
