"""The database port, answered by SQLite and by PostgreSQL."""

from __future__ import annotations

from daemun.adapters.database.schema import alone, glance
from daemun.ports.database import Database
from daemun.ports.system import Clock, Entropy

__all__ = ["alone", "glance", "open_database"]


def open_database(url: str, *, clock: Clock, entropy: Entropy, pool: int = 8, queue: int = 2000) -> Database:
    """The database a URL names, not yet started. `pool` bounds PostgreSQL's connections, `queue` what may wait."""
    if url.startswith("sqlite:"):
        from daemun.adapters.database.sqlite import Sqlite  # late: each driver is loaded only where it is used
        from daemun.adapters.database.sqlitefile import sqlite_path

        return Sqlite(sqlite_path(url), clock=clock, entropy=entropy, queue=queue)
    from daemun.adapters.database.postgres import Postgres
    from daemun.adapters.database.postgresserver import postgres_address

    return Postgres(postgres_address(url), clock=clock, entropy=entropy, pool=pool, queue=queue)
