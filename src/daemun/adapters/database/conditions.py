"""In which condition a database is found: measured, and nothing of it changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from daemun.adapters.database.postgresserver import postgres_address, postgres_engine
from daemun.adapters.database.schema import glance
from daemun.adapters.database.shared import View
from daemun.adapters.database.sqlitefile import raw_of, sqlite_module, sqlite_path
from daemun.core.address import is_here
from daemun.ports.database import DialectName, Transaction
from daemun.ports.system import Clock

ON_THE_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "glusterfs", "ceph", "fuse.glusterfs"})
KEPT_SETTINGS: Final = ("fsync", "full_page_writes", "synchronous_commit", "server_encoding", "search_path")
SETTINGS: Final = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)").bindparams(names=list(KEPT_SETTINGS))
SERVER: Final = text(
    "SELECT current_setting('server_version_num')::int AS version, current_setting('transaction_read_only') AS read_only, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS seats, "
    "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser, "
    "(SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS encrypted, clock_timestamp() AS now"
)
BACKEND: Final = text("SELECT pg_backend_pid()")


class Away(Exception):
    """The database could not be asked. Says why, in the driver's words and without a password."""


@dataclass(frozen=True, slots=True)
class SqliteCondition:
    path: Path
    version: tuple[int, ...]
    journal: str
    encoding: str
    filesystem: str
    """Empty where the system does not say."""


@dataclass(frozen=True, slots=True)
class PostgresCondition:
    version: int
    settings: Mapping[str, str]
    seats: int
    """Connections it gives to others than its superusers."""
    read_only: bool
    superuser: bool
    encrypted: bool
    nearby: bool
    """No network is between."""
    ahead: timedelta
    """How far its clock is ahead of ours; half the way there and back is taken off."""
    unsure: timedelta
    shares_backends: bool
    """Two open connections were served by one backend: something between hands them from one to the other."""


Condition = SqliteCondition | PostgresCondition


def condition(url: str, clock: Clock) -> Condition | None:
    """None where there is no file yet. Raises `Away`."""
    with _told():
        return _file(sqlite_path(url)) if url.startswith("sqlite:") else _server(postgres_address(url), clock)


@contextmanager
def looking(url: str, clock: Clock) -> Iterator[Transaction | None]:
    """One view of the database, only to be read; None where there is no file yet. Raises `Away` before the block begins."""
    with ExitStack() as held:
        with _told():
            connection = held.enter_context(glance(url))
        dialect: DialectName = "sqlite" if url.startswith("sqlite:") else "postgresql"
        yield View(connection, raw_of(connection), dialect, clock.now()) if connection is not None else None


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise Away(_words(error.orig)) from error
    except (ArgumentError, ValueError, OSError) as error:  # their words may repeat the URL, and with it a password
        raise Away(type(error).__name__) from None


def _words(error: Any) -> str:
    lines = str(error).strip().splitlines()
    return next((line for line in reversed(lines) if "FATAL" in line), lines[0] if lines else type(error).__name__)


def _file(path: Path) -> SqliteCondition | None:
    with glance(f"sqlite:///{path}") as connection:
        if connection is None:
            return None
        raw = raw_of(connection)
        journal, encoding = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "encoding"))
        return SqliteCondition(path, sqlite_module().sqlite_version_info, journal, encoding, filesystem(path))


def filesystem(path: Path) -> str:
    """The kind of the file system that a path lies on."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    real = path.resolve()
    within = [(len(where), kind) for _, where, kind, *_ in mounts if real.is_relative_to(where)]
    return max(within, default=(0, ""))[1]


def _server(address: URL, clock: Clock) -> PostgresCondition:
    engine = postgres_engine(address)
    with engine.connect() as first, engine.connect() as second:
        pids = {connection.execute(BACKEND).scalar_one() for connection in (first, second, first, second)}
        asked = clock.now()
        row = first.execute(SERVER).one()
        answered = clock.now()
        return PostgresCondition(
            version=row.version,
            settings={each.name: each.setting for each in first.execute(SETTINGS)},
            seats=row.seats,
            read_only=row.read_only == "on",
            superuser=bool(row.superuser),
            encrypted=bool(row.encrypted),
            nearby=_nearby(first),
            ahead=_ahead(row.now, asked, answered),
            unsure=(answered - asked) / 2,
            shares_backends=len(pids) == 1,
        )


def _ahead(theirs: datetime, asked: datetime, answered: datetime) -> timedelta:
    return theirs - (asked + (answered - asked) / 2)


def _nearby(connection: Connection) -> bool:
    raw: psycopg.Connection[Any] = raw_of(connection)
    host = raw.info.hostaddr or raw.info.host
    return not host or host.startswith(("/", "@")) or is_here(host)  # a socket's path, or an abstract one
