"""Who came from another system: by marks that only this house can make, so that the table tells nobody who was where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Column, Index, MetaData, String, Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.people.importing.deciding import ERASED
from daemun.ports.database import Hot, Instant, Plain, Transaction, Work, among, micros

metadata = MetaData()
imported = Table(
    "daemun_imported",
    metadata,
    Column("mark", String(22), primary_key=True),
    Column("trace", String(11), nullable=False),
    Column("user_id", String(26), nullable=False),
    Column("origin", String(50), nullable=False),
    Column("at", Instant, nullable=False),
    Index("daemun_imported_by_user", "user_id"),
)
_ROW: Mapping[str, BindParameter[Any]] = {each.name: bindparam(each.name) for each in imported.c}
NOTED = Hot(
    sqlite_insert(imported).values(_ROW).on_conflict_do_nothing(),
    postgresql=postgres_insert(imported).values(_ROW).on_conflict_do_nothing(),
)


def found(tx: Transaction, marks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Of those who came before: their trace, and who they are here."""
    rows = tx.all(select(imported.c.mark, imported.c.trace, imported.c.user_id).where(imported.c.mark.in_(among(tx.dialect, marks))))
    return {row.mark: (row.trace, row.user_id) for row in rows}


def note(work: Work, came: Sequence[tuple[str, str, str]], origin: str) -> None:
    """Of each: mark, trace, and who they are here."""
    at = micros(work.now)
    rows: list[dict[str, Plain]] = [
        {"mark": mark, "trace": trace, "user_id": user_id, "origin": origin, "at": at} for mark, trace, user_id in came
    ]
    work.hot_many(NOTED, rows)


def forget(work: Work, user_id: str) -> None:
    """What is left says that somebody was erased, not who."""
    work.run(update(imported).where(imported.c.user_id == user_id).values(user_id=ERASED))


def about(tx: Transaction, user_id: str) -> Mapping[str, Any]:
    """Where somebody came from."""
    theirs = select(imported.c.origin, imported.c.at).where(imported.c.user_id == user_id).order_by(imported.c.at)
    return {"imported": [dict(row._mapping) for row in tx.all(theirs)]}
