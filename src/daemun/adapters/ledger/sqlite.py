"""The log in a SQLite file of its own. What waits stands in the business file, so moving it is two commits: see `grow`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from daemun.adapters.database import FileLock, beside, connect_sqlite, sqlite_path
from daemun.adapters.ledger.brief import CLASSES, brief, whole
from daemun.ports.ledger import Growth, Kept, Overtaken, Standing, Waiting

MAC_BYTES: Final = 32
COUNTED: Final = 100_000
EVENT: Final = b'"k":"event"'
CLASS: Final = " ".join(f"WHEN x'{number:02x}' THEN '{name.decode()}'" for number, name in enumerate(CLASSES))
STORED: Final = """
SELECT CASE WHEN substr(e.entry, 1, 1) = x'01' THEN CASE substr(e.entry, 2, 1) %s END
    ELSE coalesce(json_extract(CAST(e.entry AS TEXT), '$.r'), 'control') END, count(*), sum(length(e.entry) + coalesce(length(p.parts), 0))
FROM entries e LEFT JOIN parts p ON p.idx = e.idx WHERE e.entry <> x'' GROUP BY 1
UNION ALL SELECT 'tiles', count(*), coalesce(sum(length(data)), 0) FROM tiles
""".replace("%s", CLASS)
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS log (
    one INTEGER PRIMARY KEY CHECK (one = 1), origin TEXT NOT NULL, size INTEGER NOT NULL, hashes BLOB NOT NULL,
    checkpoint BLOB NOT NULL, minimum INTEGER NOT NULL, moved BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS entries (idx INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS parts (idx INTEGER PRIMARY KEY, parts BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tiles (level INTEGER, idx INTEGER, data BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;
"""


class SqliteLedger:
    """`daemun.db` has its log in `daemun-audit.db`."""

    def __init__(self, url: str) -> None:
        self._business = sqlite_path(url)
        self.path = self._business.with_name(f"{self._business.stem}-audit{self._business.suffix}")
        self._lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._leading = False

    @cached_property
    def _raw(self) -> Any:
        """For writing, guarded by `_lock`."""
        with closing(FileLock(beside(self.path))) as lock, lock:  # entering WAL mode wants the file alone
            raw = connect_sqlite(self.path)
            # What is dropped is overwritten: a part whose time is over must not be read from a free page.
            raw.execute("PRAGMA secure_delete=ON").fetchone()
            raw.executescript(SCHEMA)
        return raw

    @cached_property
    def _reading(self) -> Any:
        """Sees what is committed, while the other writes. Guarded by `_read_lock`."""
        with self._lock:
            self._raw.execute("SELECT 1").fetchone()
        raw = connect_sqlite(self.path)
        raw.execute("PRAGMA query_only=ON").fetchone()
        return raw

    @cached_property
    def _outbox(self) -> Any:
        return connect_sqlite(self._business)

    @cached_property
    def _business_lock(self) -> FileLock:
        return FileLock(beside(self._business))

    @cached_property
    def _lead(self) -> FileLock:
        return FileLock(_leader(self.path))

    def lead(self) -> bool:
        with self._lock:
            self._leading = self._leading or self._lead.try_hold()
            if self._leading:
                self._raw.execute("PRAGMA wal_autocheckpoint=1000").fetchone()
            return self._leading

    def resign(self) -> None:
        with self._lock:
            if self._leading:
                self._leading = False
                self._lead.release()

    @property
    def leads(self) -> bool:
        return self._leading

    def found(self, origin: str) -> Standing:
        with self._lock, self._writing():
            self._raw.execute("INSERT INTO log VALUES (1, ?, 0, x'', x'', 0, x'') ON CONFLICT DO NOTHING", (origin,))
        return self.standing() or Standing(origin)

    def standing(self) -> Standing | None:
        with self._read_lock:
            return _standing(self._reading)

    def waiting(self) -> int:
        with self._lock:
            sql = "SELECT count(*) FROM (SELECT 1 FROM daemun_audit_outbox LIMIT ?)"
            count: int = self._outbox.execute(sql, (COUNTED,)).fetchone()[0]
        return count

    def grow(self, most: int, extend: Callable[[Standing, Sequence[Waiting]], Growth]) -> int:
        """A transaction over two files is whole in each file only. So the log says which it took last: whoever dies between the two
        commits leaves rows behind that are known when they come again. All rows are committed in the order of their ids here."""
        with self._lock:
            sql = "SELECT id, entry, parts, mac FROM daemun_audit_outbox ORDER BY id LIMIT ?"
            rows = [Waiting(*row) for row in self._outbox.execute(sql, (most,)).fetchall()]
            if rows:
                self._move(rows, extend)
                self._forget(rows)
        return len(rows)

    def _move(self, rows: Sequence[Waiting], extend: Callable[[Standing, Sequence[Waiting]], Growth]) -> None:
        with self._writing():
            moved = self._raw.execute("SELECT moved FROM log").fetchone()[0]
            known = {moved[at : at + MAC_BYTES] for at in range(0, len(moved), MAC_BYTES)}
            fresh = [row for row in rows if row.mac not in known]
            standing = _standing(self._raw)
            if not fresh or standing is None:
                return
            self._add(standing, extend(standing, fresh), b"".join(row.mac.ljust(MAC_BYTES)[:MAC_BYTES] for row in rows))

    def _add(self, before: Standing, growth: Growth, moved: bytes) -> None:
        size = growth.start + len(growth.entries)
        numbered = list(enumerate(growth.entries, growth.start))
        self._raw.executemany("INSERT INTO entries VALUES (?, ?)", [(idx, brief(each[0])) for idx, each in numbered])
        self._raw.executemany("INSERT INTO parts VALUES (?, ?)", [(idx, each[1]) for idx, each in numbered if each[1]])
        self._raw.executemany("INSERT INTO tiles VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data", growth.tiles)
        done = self._raw.execute(
            "UPDATE log SET size = ?, hashes = ?, moved = ? WHERE size = ?", (size, growth.hashes, moved, growth.start)
        ).rowcount
        if done != 1 or before.size != growth.start or not self._leading:
            raise Overtaken

    def _forget(self, rows: Sequence[Waiting]) -> None:
        with self._business_lock:
            self._outbox.execute("BEGIN IMMEDIATE")
            try:
                self._outbox.executemany("DELETE FROM daemun_audit_outbox WHERE id = ?", [(row.id,) for row in rows])
                self._outbox.execute("COMMIT")
            finally:
                if self._outbox.in_transaction:
                    self._outbox.execute("ROLLBACK")

    def sign(self, size: int, checkpoint: bytes) -> None:
        with self._lock, self._writing():
            done = self._raw.execute("UPDATE log SET checkpoint = ? WHERE size >= ?", (checkpoint, size)).rowcount
            if done != 1 or not self._leading:
                raise Overtaken

    def entries(self, start: int, limit: int) -> list[Kept]:
        sql = (
            "SELECT e.idx, e.entry, coalesce(p.parts, x'') FROM entries e LEFT JOIN parts p ON p.idx = e.idx "
            "WHERE e.idx >= ? ORDER BY e.idx LIMIT ?"
        )
        with self._read_lock:
            return [_kept(*row) for row in self._reading.execute(sql, (start, limit)).fetchall()]

    def at(self, places: Sequence[int]) -> list[Kept]:
        sql = (
            "SELECT e.idx, e.entry, coalesce(p.parts, x'') FROM entries e LEFT JOIN parts p ON p.idx = e.idx "
            "WHERE e.idx IN (SELECT value FROM json_each(?))"
        )
        with self._read_lock:
            return [_kept(*row) for row in self._reading.execute(sql, (json.dumps(list(places)),)).fetchall()]

    def tile(self, level: int, index: int) -> bytes | None:
        with self._read_lock:
            row = self._reading.execute("SELECT data FROM tiles WHERE level = ? AND idx = ?", (level, index)).fetchone()
        return row[0] if row else None

    def tiles(self, asked: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        sql = (
            "SELECT t.level, t.idx, t.data FROM json_each(?) AS asked "
            "JOIN tiles AS t ON t.level = json_extract(asked.value, '$[0]') AND t.idx = json_extract(asked.value, '$[1]')"
        )
        with self._read_lock:
            return {(level, index): data for level, index, data in self._reading.execute(sql, (json.dumps(asked),)).fetchall()}

    def controls(self, start: int, limit: int) -> list[Kept]:
        sql = (
            "SELECT e.idx, e.entry, coalesce(p.parts, x'') FROM entries e LEFT JOIN parts p ON p.idx = e.idx "
            "WHERE e.idx >= ? AND e.entry <> x'' AND substr(e.entry, 1, 1) <> x'01' AND instr(e.entry, ?) = 0 ORDER BY e.idx LIMIT ?"
        )
        with self._read_lock:
            return [_kept(*row) for row in self._reading.execute(sql, (start, EVENT, limit)).fetchall()]

    def storage(self) -> dict[str, dict[str, int]]:
        with closing(connect_sqlite(self.path)) as raw:  # its own: whoever reads a proof does not wait for it
            raw.execute("PRAGMA query_only=ON").fetchone()
            return {name: {"entries": count, "bytes": size} for name, count, size in raw.execute(STORED).fetchall()}

    def forget(self, first: int, end: int) -> int:
        return self._changed("DELETE FROM parts WHERE idx >= ? AND idx < ?", first, end)

    def drop(self, first: int, end: int) -> int:
        return self._changed("UPDATE entries SET entry = x'' WHERE idx >= ? AND idx < ? AND entry <> x''", first, end)

    def _changed(self, sql: str, first: int, end: int) -> int:
        with self._lock, self._writing():
            count: int = self._raw.execute(sql, (first, end)).rowcount
        return count

    def close(self) -> None:
        with self._lock, self._read_lock:
            self.resign()
            for name in ("_reading", "_raw", "_outbox", "_business_lock", "_lead"):
                if name in self.__dict__:
                    self.__dict__.pop(name).close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._raw.execute("COMMIT")
        finally:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")


def _standing(raw: Any) -> Standing | None:
    row = raw.execute("SELECT origin, size, hashes, checkpoint, minimum FROM log").fetchone()
    return Standing(*row) if row else None


def _kept(idx: int, entry: bytes, parts: bytes) -> Kept:
    return Kept(idx, whole(entry), parts)


def _leader(path: Path) -> Path:
    """Held by whoever leads, for as long as it lives: the kernel gives it back."""
    return path.with_name(path.name + ".leader")
