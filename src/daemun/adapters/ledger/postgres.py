"""The log in PostgreSQL, beside what waits for it: moving is one transaction, so it is exactly once by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import psycopg

from daemun.adapters.database import connect_postgres
from daemun.adapters.ledger.brief import CLASSES, brief, whole
from daemun.ports.ledger import Growth, Kept, Overtaken, Standing, Waiting

COUNTED: Final = 100_000
EVENT: Final = b'"k":"event"'
LEAD: Final = "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '.daemun_audit.leader', 0))"
CLASS: Final = " ".join(f"WHEN {number} THEN '{name.decode()}'" for number, name in enumerate(CLASSES))
STORED: Final = """
SELECT CASE WHEN get_byte(e.entry, 0) = 1 THEN CASE get_byte(e.entry, 1) %s END
    ELSE coalesce(convert_from(e.entry, 'UTF8')::json->>'r', 'control') END, count(*), sum(length(e.entry) + coalesce(length(p.parts), 0))
FROM daemun_audit_entries e LEFT JOIN daemun_audit_parts p ON p.idx = e.idx WHERE e.entry <> '' GROUP BY 1
UNION ALL SELECT 'tiles', count(*), coalesce(sum(length(data)), 0) FROM daemun_audit_tiles
""".replace("%s", CLASS)
# Deleted as they are read: "all after the last id I saw" would lose a row whose transaction took its id earlier and committed later.
TAKEN: Final = """
WITH taken AS (
    DELETE FROM daemun_audit_outbox WHERE id IN (SELECT id FROM daemun_audit_outbox ORDER BY id LIMIT %s) RETURNING id, entry, parts, mac
) SELECT id, entry, parts, mac FROM taken ORDER BY id
"""


class PostgresLedger:
    """Two connections: one that leads and writes, one for whoever reads. Each is used by one thread at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._writing = _Line(url)
        self._reading = _Line(url)
        self._leading = False

    def lead(self) -> bool:
        with self._writing as raw:
            # Asked each time: a connection that was lost, and made again, has lost the lead too.
            if not self._leading or self._writing.is_new:
                self._leading = bool(raw.execute(LEAD).fetchone()[0])
                self._writing.is_new = False
            return self._leading

    def resign(self) -> None:
        self._leading = False
        self._writing.close()

    @property
    def leads(self) -> bool:
        return self._leading

    def found(self, origin: str) -> Standing:
        sql = "INSERT INTO daemun_audit_log VALUES (1, %s, 0, '', '', 0) ON CONFLICT DO NOTHING"
        with self._writing as raw:
            raw.execute(sql, (origin,))
        return self.standing() or Standing(origin)

    def standing(self) -> Standing | None:
        with self._reading as raw:
            row = raw.execute("SELECT origin, size, hashes, checkpoint, minimum FROM daemun_audit_log").fetchone()
        return Standing(*row) if row else None

    def waiting(self) -> int:
        sql = "SELECT count(*) FROM (SELECT 1 FROM daemun_audit_outbox LIMIT %s) AS seen"
        with self._reading as raw:
            count: int = raw.execute(sql, (COUNTED,)).fetchone()[0]
        return count

    def grow(self, most: int, extend: Callable[[Standing, Sequence[Waiting]], Growth]) -> int:
        with self._writing as raw, raw.transaction():
            standing = self._held(raw)
            rows = [Waiting(*row) for row in raw.execute(TAKEN, (most,)).fetchall()]
            if rows:
                self._add(raw, standing, extend(standing, rows))
        return len(rows)

    def _held(self, raw: Any) -> Standing:
        """The one row, locked: whatever became of the lead, two cannot give out the same place."""
        row = raw.execute("SELECT origin, size, hashes, checkpoint, minimum FROM daemun_audit_log FOR UPDATE").fetchone()
        if row is None or not self._leading or self._writing.is_new:
            raise Overtaken
        return Standing(*row)

    def _add(self, raw: Any, before: Standing, growth: Growth) -> None:
        if before.size != growth.start:
            raise Overtaken
        numbered = list(enumerate(growth.entries, growth.start))
        with raw.cursor() as cursor:
            _copy(
                cursor, "COPY daemun_audit_entries (idx, entry) FROM STDIN (FORMAT BINARY)", [(at, brief(one[0])) for at, one in numbered]
            )
            sealed = [(at, one[1]) for at, one in numbered if one[1]]
            _copy(cursor, "COPY daemun_audit_parts (idx, parts) FROM STDIN (FORMAT BINARY)", sealed)
            cursor.executemany(
                "INSERT INTO daemun_audit_tiles (level, idx, data) VALUES (%s, %s, %s) "
                "ON CONFLICT (level, idx) DO UPDATE SET data = excluded.data",
                growth.tiles,
            )
            size = growth.start + len(growth.entries)
            cursor.execute("UPDATE daemun_audit_log SET size = %s, hashes = %s", (size, growth.hashes))

    def sign(self, size: int, checkpoint: bytes) -> None:
        with self._writing as raw, raw.transaction():
            if self._held(raw).size < size:
                raise Overtaken
            raw.execute("UPDATE daemun_audit_log SET checkpoint = %s", (checkpoint,))

    def entries(self, start: int, limit: int) -> list[Kept]:
        sql = (
            "SELECT e.idx, e.entry, coalesce(p.parts, ''::bytea) FROM daemun_audit_entries e "
            "LEFT JOIN daemun_audit_parts p ON p.idx = e.idx "
            "WHERE e.idx >= %s AND e.idx < %s ORDER BY e.idx"
        )
        with self._reading as raw:
            return [_kept(*row) for row in raw.execute(sql, (start, start + limit), binary=True).fetchall()]

    def at(self, places: Sequence[int]) -> list[Kept]:
        sql = (
            "SELECT e.idx, e.entry, coalesce(p.parts, ''::bytea) FROM daemun_audit_entries e "
            "LEFT JOIN daemun_audit_parts p ON p.idx = e.idx WHERE e.idx = ANY(%s::bigint[])"
        )
        with self._reading as raw:
            return [_kept(*row) for row in raw.execute(sql, (list(places),), binary=True).fetchall()]

    def tile(self, level: int, index: int) -> bytes | None:
        with self._reading as raw:
            sql = "SELECT data FROM daemun_audit_tiles WHERE level = %s AND idx = %s"
            row = raw.execute(sql, (level, index), binary=True).fetchone()
        return row[0] if row else None

    def tiles(self, asked: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        sql = (
            "SELECT level, idx, data FROM daemun_audit_tiles "
            "JOIN unnest(%s::smallint[], %s::bigint[]) AS asked (level, idx) USING (level, idx)"
        )
        levels, places = [level for level, _ in asked], [index for _, index in asked]
        with self._reading as raw:
            return {(level, index): data for level, index, data in raw.execute(sql, (levels, places), binary=True).fetchall()}

    def controls(self, start: int, limit: int) -> list[Kept]:
        sql = (
            "SELECT e.idx, e.entry, coalesce(p.parts, ''::bytea) FROM daemun_audit_entries e "
            "LEFT JOIN daemun_audit_parts p ON p.idx = e.idx "
            "WHERE e.idx >= %s AND substring(e.entry FOR 1) = '{'::bytea AND position(%s::bytea IN e.entry) = 0 ORDER BY e.idx LIMIT %s"
        )
        with self._reading as raw:
            return [_kept(*row) for row in raw.execute(sql, (start, EVENT, limit), binary=True).fetchall()]

    def storage(self) -> dict[str, dict[str, int]]:
        with connect_postgres(self._url) as raw:  # its own: whoever reads a proof does not wait for it
            raw.execute("SET statement_timeout = 0")
            return {name: {"entries": count, "bytes": int(size)} for name, count, size in raw.execute(STORED).fetchall()}

    def forget(self, first: int, end: int) -> int:
        return self._changed("DELETE FROM daemun_audit_parts WHERE idx >= %s AND idx < %s", first, end)

    def drop(self, first: int, end: int) -> int:
        return self._changed("UPDATE daemun_audit_entries SET entry = '' WHERE idx >= %s AND idx < %s AND entry <> ''", first, end)

    def _changed(self, sql: str, first: int, end: int) -> int:
        with self._reading as raw:
            count: int = raw.execute(sql, (first, end)).rowcount
        return count

    def close(self) -> None:
        self.resign()
        self._reading.close()


class _Line:
    """A connection that is made when it is needed, and again when it was lost. Held by one thread for a `with`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._raw: Any = None
        self._lock = threading.RLock()
        self.is_new = True

    def __enter__(self) -> Any:
        self._lock.acquire()
        try:
            if self._raw is None or self._raw.closed:
                self._raw, self.is_new = connect_postgres(self._url), True
        except BaseException:
            self._lock.release()
            raise
        return self._raw

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is not None and issubclass(kind, psycopg.OperationalError):
                self._raw.close()
        finally:
            self._lock.release()

    def close(self) -> None:
        with self._lock:
            if self._raw is not None:
                self._raw.close()


def _kept(idx: int, entry: bytes, parts: bytes) -> Kept:
    return Kept(idx, whole(entry), parts)


def _copy(cursor: Any, sql: str, rows: Sequence[tuple[int, bytes]]) -> None:
    with cursor.copy(sql) as copy:
        copy.set_types(["int8", "bytea"])
        for row in rows:
            copy.write_row(row)
