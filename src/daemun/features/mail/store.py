"""All of mail's SQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from daemun.features.mail.models import Envelope, Lease, Record, State
from daemun.ports.database import Hot, Instant, Transaction, Work, micros
from daemun.ports.letters import Letter

metadata = MetaData()
letters = Table(
    "daemun_letters",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(50), nullable=False),
    Column("user_id", String(26), nullable=False),
    Column("sealed", LargeBinary),
    Column("language", String(2), nullable=False),
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("leased_by", String(26)),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("last_error", String(40)),
    Index("daemun_letters_by_turn", "state", "next_at"),
    Index("daemun_letters_by_user", "user_id"),
    Index("daemun_letters_by_end", "done_at"),
)
RECORD = tuple(letters.c[name] for name in Record.__slots__)
ENVELOPE = tuple(letters.c[name] for name in Envelope.__slots__)
OWN = tuple(letters.c[each] for each in ("id", "kind", "language", "state", "tries", "created_at", "done_at", "last_error"))
ADDED = Hot(insert(letters))
SWEPT_AT_ONCE = 1000
NOBODYS = {"leased_until": None, "leased_by": None}


def add(work: Work, letter_id: str, letter: Letter, sealed: bytes, state: State) -> None:
    now = micros(work.now)
    work.hot_run(
        ADDED,
        id=letter_id,
        kind=letter.kind,
        user_id=letter.user_id,
        sealed=sealed,
        language=letter.language,
        state=state,
        tries=0,
        next_at=now,
        leased_until=None,
        leased_by=None,
        created_at=now,
        done_at=now if state in ("void", "kept") else None,
        last_error=None,
    )


def about(tx: Transaction, user_id: str) -> list[dict[str, Any]]:
    """What was written to somebody and when: not the words, which are sealed and go when the letter has gone."""
    return [dict(row._mapping) for row in tx.all(select(*OWN).where(letters.c.user_id == user_id).order_by(letters.c.id.desc()))]


def forget(work: Work, user_id: str) -> int:
    return work.run(delete(letters).where(letters.c.user_id == user_id))


def any_due(tx: Transaction) -> bool:
    return tx.one(select(letters.c.id).where(_due(tx.now)).limit(1)) is not None


def lease(work: Work, most: int, span: timedelta) -> Lease:
    """Due letters that nobody else holds, the longest waiting first. SQLite has no row locks and needs none: stories follow one another."""
    rows = work.all(select(*ENVELOPE).where(_due(work.now)).order_by(letters.c.next_at).limit(most).with_for_update(skip_locked=True))
    leased = Lease(work.new_id(), work.now + span, tuple(_envelope(row) for row in rows))
    work.run(
        update(letters)
        .where(letters.c.id.in_([each.id for each in leased.envelopes]))
        .values(state="sending", leased_by=leased.id, leased_until=leased.until)
    )
    return leased


def sent(work: Work, letter_id: str) -> None:
    """Whoever holds it now: it is with its reader, and goes out no second time."""
    work.run(
        update(letters)
        .where(letters.c.id == letter_id)
        .values(state="sent", sealed=None, done_at=work.now, tries=letters.c.tries + 1, last_error=None, **NOBODYS)
    )


def dropped(work: Work, letter_id: str) -> None:
    """It was to nobody."""
    work.run(
        update(letters)
        .where(letters.c.id == letter_id)
        .values(state="void", sealed=None, done_at=work.now, tries=letters.c.tries + 1, last_error=None, **NOBODYS)
    )


def put_off(work: Work, letter_id: str, lease_id: str, pause: timedelta, error: str) -> bool:
    return _settled(work, letter_id, lease_id, state="waiting", next_at=work.now + pause, tries=letters.c.tries + 1, last_error=error)


def fail(work: Work, letter_id: str, lease_id: str, error: str) -> bool:
    return _settled(work, letter_id, lease_id, state="failed", done_at=work.now, tries=letters.c.tries + 1, last_error=error)


def give_back(work: Work, lease_id: str) -> int:
    """Those of a lease that were not tried after all: due as they were."""
    mine = (letters.c.leased_by == lease_id, letters.c.state == "sending")
    return work.run(update(letters).where(*mine).values(state="waiting", **NOBODYS))


def retry(work: Work, letter_id: str) -> bool:
    """False when it is not failed, or has no words any more."""
    touched = work.run(
        update(letters)
        .where(letters.c.id == letter_id, letters.c.state == "failed", letters.c.sealed.is_not(None))
        .values(state="waiting", tries=0, next_at=work.now, done_at=None)
    )
    return touched == 1


def record(tx: Transaction, letter_id: str) -> Record | None:
    row = tx.one(select(*RECORD).where(letters.c.id == letter_id))
    return Record(**row._mapping) if row else None


def records(tx: Transaction, state: State | None, limit: int, after: str | None) -> list[Record]:
    """Newest first."""
    wanted: list[ColumnElement[bool]] = []
    if state is not None:
        wanted.append(letters.c.state == state)
    if after is not None:
        wanted.append(letters.c.id < after)
    rows = tx.all(select(*RECORD).where(*wanted).order_by(letters.c.id.desc()).limit(limit))
    return [Record(**row._mapping) for row in rows]


def kept(tx: Transaction) -> list[Envelope]:
    """Newest first."""
    rows = tx.all(select(*ENVELOPE).where(letters.c.state == "kept").order_by(letters.c.id.desc()))
    return [_envelope(row) for row in rows]


def kept_one(tx: Transaction, letter_id: str) -> Envelope | None:
    row = tx.one(select(*ENVELOPE).where(letters.c.id == letter_id, letters.c.state == "kept"))
    return _envelope(row) if row else None


def waiting(tx: Transaction) -> tuple[int, datetime | None]:
    """How many are not with their readers yet, and since when the oldest of them waits."""
    asked = select(func.count().label("many"), func.min(letters.c.created_at).label("since"))
    row = tx.one(asked.where(letters.c.state.in_(("waiting", "sending"))))
    return (row.many, row.since) if row else (0, None)


def failures(tx: Transaction) -> int:
    row = tx.one(select(func.count()).where(letters.c.state == "failed"))
    return row[0] if row else 0


def empty(work: Work) -> int:
    return work.run(delete(letters).where(letters.c.state == "kept"))


def stuck(tx: Transaction, before: datetime) -> int:
    """How many were written before then and are still to be sent."""
    return _count(tx, letters.c.state.in_(("waiting", "sending")), letters.c.created_at < before)


def failed_since(tx: Transaction, since: datetime) -> int:
    return _count(tx, letters.c.state == "failed", letters.c.done_at >= since)


def _count(tx: Transaction, *wanted: ColumnElement[bool]) -> int:
    row = tx.one(select(func.count()).select_from(letters).where(*wanted))
    return row[0] if row else 0


def sweep(work: Work, age: timedelta) -> int:
    """Deletes what was done with so long ago, a bounded number at once: the writer is not held up for the rest."""
    old = select(letters.c.id).where(letters.c.done_at < work.now - age).limit(SWEPT_AT_ONCE).scalar_subquery()
    return work.run(delete(letters).where(letters.c.id.in_(old)))


def _due(now: datetime) -> ColumnElement[bool]:
    """Those whose turn has come, and those that a process took and did not live to send."""
    return or_(
        and_(letters.c.state == "waiting", letters.c.next_at <= now), and_(letters.c.state == "sending", letters.c.leased_until <= now)
    )


def _settled(work: Work, letter_id: str, lease_id: str, **values: Any) -> bool:
    """False when the lease was over and the letter is another's."""
    mine = (letters.c.id == letter_id, letters.c.leased_by == lease_id, letters.c.state == "sending")
    return work.run(update(letters).where(*mine).values(**values, **NOBODYS)) == 1


def _envelope(row: Any) -> Envelope:
    return Envelope(**row._mapping)
