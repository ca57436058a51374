"""A memory on the disk: a private SQLite file without a name, which is gone with the process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence


class OnDisk:
    """The system's own SQLite will do: nobody else sees the file."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute("CREATE TABLE known (text TEXT PRIMARY KEY) WITHOUT ROWID")

    def known(self, texts: Sequence[str]) -> set[str]:
        asked = "SELECT text FROM known WHERE text IN (SELECT value FROM json_each(?))"
        return {text for (text,) in self._connection.execute(asked, [json.dumps(texts)]).fetchall()}

    def add(self, texts: Sequence[str]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR IGNORE INTO known VALUES (?)", [(each,) for each in texts])
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()
