"""All of audit's SQL in the business database: what waits for its place, and whose key is whose."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.audit.entries import Refused, parse_entry
from daemun.ports.database import Hot, Instant, Together, Transaction, Work, among, micros, moment

metadata = MetaData()
outbox = Table(
    "daemun_audit_outbox",
    metadata,
    Column("entry", LargeBinary, nullable=False),
    Column("parts", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)
keys = Table(
    "daemun_audit_keys",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("subject", String(80), nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("blocked_at", Instant),
)
holds = Table(
    "daemun_audit_holds",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("subject", String(80)),
    Column("retention", String(20)),
    Column("created_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    name: str
    subject: str
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hold:
    """Keeps what is about a subject, or of a retention class, or both; neither: everything."""

    id: str
    subject: str | None
    retention: str | None


# Only under keys that are there at this moment: what was erased a moment ago must not be written for again.
_LIVING: Final = (
    select(func.count()).select_from(keys).where(keys.c.name.in_([bindparam(each, type_=String) for each in ("first", "second", "third")]))
)
ADDED: Final = Hot(
    insert(outbox).from_select(
        ["entry", "parts", "mac"],
        select(*(bindparam(each, type_=LargeBinary) for each in ("entry", "parts", "mac"))).where(
            _LIVING.scalar_subquery() == bindparam("living", type_=Integer)
        ),
    )
)
# As they are: a number of Python's would be a parameter that nobody brings.
_ONE: Final = literal_column("1", Integer)
_NONE: Final = literal_column("0", Integer)
_WAITING: Final = select(column("id")).select_from(outbox).limit(bindparam("most", type_=Integer)).offset(_NONE).subquery()
LINE: Final = Together(
    Hot(
        select(
            select(func.count()).select_from(_WAITING).scalar_subquery().label("depth"),
            select(outbox.c.mac).order_by(column("id")).limit(_ONE).offset(_NONE).scalar_subquery().label("head"),
        )
    )
)
"""How many wait, up to so many, and which of them is the next: told by its MAC, for an id comes again."""
# The same for many at once: on SQLite nobody else writes between two statements of a transaction.
LIVING_AMONG: Final = Hot(text("SELECT count(*) FROM daemun_audit_keys WHERE name IN (SELECT value FROM json_each(:names))"))
ADDED_TOGETHER: Final = Hot(
    insert(outbox),
    postgresql=text(
        "INSERT INTO daemun_audit_outbox (entry, parts, mac) "
        "SELECT * FROM unnest(CAST(:entries AS bytea[]), CAST(:parts AS bytea[]), CAST(:macs AS bytea[])) "
        "WHERE (SELECT count(*) FROM daemun_audit_keys WHERE name = ANY(CAST(:names AS text[]))) = CAST(:living AS bigint)"
    ),
    arrays=("entries", "parts", "macs", "names"),
)
KEY_OF: Final = Hot(select(keys.c.name, keys.c.subject, keys.c.wrapped).where(keys.c.subject == bindparam("subject")))
KEYS_NAMED: Final = Hot(
    text("SELECT name, subject, wrapped FROM daemun_audit_keys WHERE blocked_at IS NULL AND name IN (SELECT value FROM json_each(:names))"),
    postgresql=text(
        "SELECT name, subject, wrapped FROM daemun_audit_keys WHERE blocked_at IS NULL "
        "AND name = ANY (ARRAY(SELECT json_array_elements_text(CAST(:names AS JSON))))"
    ),
)
KEY_MADE: Final = Hot(
    sqlite_insert(keys).on_conflict_do_nothing(),
    postgresql=postgres_insert(keys).on_conflict_do_nothing(),
)


def add(work: Work, entry: bytes, parts: bytes, mac: bytes, names: Collection[str]) -> bool:
    """False when one of the keys it is sealed with is gone: nothing is written then."""
    first, second, third = (*names, "", "", "")[:3]
    return work.hot_run(ADDED, entry=entry, parts=parts, mac=mac, first=first, second=second, third=third, living=len(names)) == 1


def add_all(work: Work, rows: Sequence[tuple[bytes, bytes, bytes]], names: Collection[str]) -> bool:
    """`add` for each of them: entry, parts and MAC. All are written, or none."""
    if work.dialect == "postgresql":
        entries, parts, macs = ([row[column] for row in rows] for column in range(3))
        written = work.hot_run(ADDED_TOGETHER, entries=entries, parts=parts, macs=macs, names=list(names), living=len(names))
        return written == len(rows)
    living = work.hot(LIVING_AMONG, names=json.dumps(list(names)))
    if living is None or living[0] != len(names):
        return False
    work.hot_many(ADDED_TOGETHER, [{"entry": entry, "parts": parts, "mac": mac} for entry, parts, mac in rows])
    return True


def waiting(tx: Transaction) -> int:
    """How many entries have no place in the log yet."""
    row = tx.one(select(func.count()).select_from(outbox))
    return row[0] if row else 0


def waits(tx: Transaction, wanted: bytes) -> bool:
    """Whether an entry that holds this has no place in the log yet."""
    inside = func.instr(outbox.c.entry, wanted) > 0 if tx.dialect == "sqlite" else outbox.c.entry.op("LIKE")(b"%" + wanted + b"%")
    return tx.one(select(column("id")).select_from(outbox).where(inside).limit(1)) is not None


def waiting_since(tx: Transaction) -> datetime | None:
    """When the one that waits longest happened."""
    row = tx.one(select(outbox.c.entry).order_by(column("id")).limit(1))
    return time_of(row.entry) if row else None


def time_of(entry: bytes) -> datetime | None:
    """Of an entry; None of what somebody else wrote."""
    try:
        return moment(parse_entry(entry)["t"])
    except (Refused, KeyError):
        return None


def key_of(tx: Transaction, subject: str) -> KeyRow | None:
    row = tx.hot(KEY_OF, subject=subject)
    return KeyRow(*row) if row else None


def keys_of(tx: Transaction, subjects: Collection[str]) -> list[KeyRow]:
    found = select(keys.c.name, keys.c.subject, keys.c.wrapped).where(keys.c.subject.in_(among(tx.dialect, list(subjects))))
    return [KeyRow(row.name, row.subject, row.wrapped) for row in tx.all(found)]


def make_keys(work: Work, rows: Sequence[KeyRow]) -> None:
    """Nothing happens for whom somebody has made one already."""
    at = micros(work.now)
    told = [{"name": row.name, "subject": row.subject, "wrapped": row.wrapped, "created_at": at, "blocked_at": None} for row in rows]
    work.hot_many(KEY_MADE, told)


def make_key(work: Work, row: KeyRow) -> None:
    """Nothing happens when somebody has one already."""
    work.hot_run(KEY_MADE, name=row.name, subject=row.subject, wrapped=row.wrapped, created_at=micros(work.now), blocked_at=None)


def keys_named(tx: Transaction, names: Collection[str]) -> list[KeyRow]:
    """Those that may be read with."""
    return [KeyRow(*row) for row in tx.hot_all(KEYS_NAMED, names=json.dumps(list(names)))] if names else []


def block_key(work: Work, subject: str) -> None:
    work.run(update(keys).where(keys.c.subject == subject, keys.c.blocked_at.is_(None)).values(blocked_at=work.now))


def blocked(tx: Transaction) -> list[str]:
    """Whose erasure waits for a hold to end."""
    return [row.subject for row in tx.all(select(keys.c.subject).where(keys.c.blocked_at.is_not(None)))]


def add_hold(work: Work, hold: Hold) -> None:
    work.run(insert(holds).values(id=hold.id, subject=hold.subject, retention=hold.retention, created_at=work.now))


def drop_hold(work: Work, hold_id: str) -> bool:
    return work.run(delete(holds).where(holds.c.id == hold_id)) == 1


def all_holds(tx: Transaction) -> list[Hold]:
    return [Hold(row.id, row.subject, row.retention) for row in tx.all(select(holds).order_by(holds.c.id))]


def drop_key(work: Work, subject: str) -> bool:
    return work.run(delete(keys).where(keys.c.subject == subject)) == 1
