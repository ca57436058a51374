"""On PostgreSQL the picture lies in months: what is written now touches small indexes, however old the log is. SQLite has one file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text

from daemun.ports.database import Work, micros, moment

PARTED: Final = ("daemun_audit_events", "daemun_audit_marks")
AHEAD: Final = 2
DAY: Final = 86_400_000_000
Month = tuple[int, int]
"""Year and month, by UTC."""


def month_of(at: datetime) -> Month:
    return at.year, at.month


def after(month: Month) -> Month:
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)


def bounds(month: Month) -> tuple[int, int]:
    """Microseconds, the end not included."""
    return micros(datetime(*month, 1, tzinfo=UTC)), micros(datetime(*after(month), 1, tzinfo=UTC))


def name_of(table: str, month: Month) -> str:
    return f"{table}_y{month[0]:04}m{month[1]:02}"


def ahead(work: Work) -> int:
    """Makes room for this month and the next ones, so that nobody who writes waits for it. How much was made."""
    wanted = [month_of(work.now)]
    for _ in range(AHEAD):
        wanted.append(after(wanted[-1]))
    return sum(_made(work, each) for each in wanted)


def room_for(work: Work, moments: Iterable[int]) -> None:
    """Of what is written now, which may have happened at any time: what lies beyond the months made ahead gets its month all the same."""
    for month in sorted({month_of(moment(day * DAY)) for day in {each // DAY for each in moments}}):
        _made(work, month)


def _made(work: Work, month: Month) -> bool:
    if work.dialect == "sqlite" or _is_there(work, month):
        return False
    work.lock("audit months")
    if not _is_there(work, month):  # another process may have been first
        for table in PARTED:
            _make(work, table, name_of(table, month), *bounds(month))
    return True


def _make(work: Work, table: str, name: str, start: int, end: int) -> None:
    """Attached rather than created in its place: whoever reads the other months does not wait. What had no month yet moves in."""
    work.run(text(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS)"))
    moved = f"DELETE FROM {table}_rest WHERE at >= {start} AND at < {end} RETURNING *"  # noqa: S608 - names of our own, and numbers
    work.run(text(f"WITH moved AS ({moved}) INSERT INTO {name} SELECT * FROM moved"))  # noqa: S608 - the same
    work.run(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})"))


def _is_there(work: Work, month: Month) -> bool:
    row = work.one(text("SELECT to_regclass(:name)").bindparams(name=name_of(PARTED[-1], month)))
    return row is not None and row[0] is not None


def measured(work: Work) -> None:
    """What is how common, right after all of it was written: PostgreSQL itself looks only after a while."""
    if work.dialect == "postgresql":
        work.run(text(f"ANALYZE {', '.join(PARTED)}, daemun_audit_hours"))


def drop(work: Work) -> None:
    """All of them, with what is in them."""
    for table in PARTED:
        found = text("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = to_regclass(:parent)")
        for row in work.all(found.bindparams(parent=table)):
            work.run(text(f"TRUNCATE {row.name}" if row.name.endswith("_rest") else f"DROP TABLE {row.name}"))
