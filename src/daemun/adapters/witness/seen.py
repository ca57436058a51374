"""What a witness has seen: a row for each log, in a SQLite file that is written durably."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import Any

from daemun.adapters.database import connect_sqlite
from daemun.ports.witness import Seen

SCHEMA = "CREATE TABLE IF NOT EXISTS seen (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL) STRICT, WITHOUT ROWID"


class SeenFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    @cached_property
    def _raw(self) -> Any:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        raw = connect_sqlite(self._path)
        raw.execute(SCHEMA)
        return raw

    def seen(self, origin: str) -> Seen | None:
        with self._lock:
            row = self._raw.execute("SELECT size, root FROM seen WHERE origin = ?", (origin,)).fetchone()
        return (row[0], row[1]) if row else None

    def swap(self, origin: str, old: Seen | None, new: Seen) -> bool:
        with self._lock:
            if old is None:
                done = self._raw.execute("INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (origin, *new))
            else:
                same = "UPDATE seen SET size = ?, root = ? WHERE origin = ? AND size = ? AND root = ?"
                done = self._raw.execute(same, (*new, origin, *old))
            count: int = done.rowcount
        return count == 1

    def close(self) -> None:
        with self._lock:
            if "_raw" in self.__dict__:
                self.__dict__.pop("_raw").close()
