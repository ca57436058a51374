"""The database port, answered by SQLite and by PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from daemun.adapters.database.conditions import (
    ON_THE_NETWORK,
    Away,
    Condition,
    PostgresCondition,
    SqliteCondition,
    condition,
    filesystem,
    looking,
)
from daemun.adapters.database.filelock import FileLock, beside
from daemun.adapters.database.measured import Measured
from daemun.adapters.database.memory import HOLD_SECONDS, LEASE_SECONDS, LEAVING, Changes, leave, place_in, replace
from daemun.adapters.database.postgresserver import SCHEMA
from daemun.adapters.database.schema import alone, glance
from daemun.ports.database import Database
from daemun.ports.memory import Marks
from daemun.ports.system import Clock, Entropy

__all__ = [
    "HOLD_SECONDS",
    "LEASE_SECONDS",
    "LEAVING",
    "ON_THE_NETWORK",
    "SCHEMA",
    "Away",
    "Condition",
    "FileLock",
    "Measured",
    "PostgresCondition",
    "SqliteCondition",
    "alone",
    "beside",
    "condition",
    "connect_postgres",
    "connect_sqlite",
    "filesystem",
    "glance",
    "leave",
    "looking",
    "open_database",
    "place_in",
    "replace",
    "sqlite_path",
]


def open_database(url: str, *, clock: Clock, entropy: Entropy, pool: int = 8, queue: int = 2000, marks: Marks | None = None) -> Database:
    """The database a URL names, not yet started. `pool` bounds PostgreSQL's connections, `queue` what may wait; `marks` is how the gate's
    memory hears of changes."""
    changes = Changes(marks, entropy)
    if url.startswith("sqlite:"):
        from daemun.adapters.database.sqlite import Sqlite  # late: each driver is loaded only where it is used
        from daemun.adapters.database.sqlitefile import sqlite_path

        return Sqlite(sqlite_path(url), clock=clock, entropy=entropy, queue=queue, changes=changes)
    from daemun.adapters.database.postgres import Postgres
    from daemun.adapters.database.postgresserver import postgres_address

    return Postgres(postgres_address(url), clock=clock, entropy=entropy, pool=pool, queue=queue, changes=changes)


def sqlite_path(url: str) -> Path:
    """The file a `sqlite:///` URL names."""
    from daemun.adapters.database import sqlitefile

    return sqlitefile.sqlite_path(url)


def connect_sqlite(path: Path) -> Any:
    """The driver's own connection to a file, made if it is not there. It begins nothing by itself."""
    from daemun.adapters.database.sqlitefile import BUSY_MILLISECONDS, prepare, private_file, sqlite_module

    private_file(path)
    raw = sqlite_module().connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MILLISECONDS / 1000)
    prepare(raw, None)
    return raw


def connect_postgres(url: str) -> Any:
    """The driver's own connection to the server, in our schema. It begins nothing by itself."""
    import psycopg

    from daemun.adapters.database.postgresserver import CONNECT_SECONDS, OPTIONS, postgres_address

    address = postgres_address(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True, options=OPTIONS, connect_timeout=CONNECT_SECONDS, application_name="daemun-audit")
