"""Jobs as their owners ask for them. How processes pass them to each other stands in `turns`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from daemun.ports.database import Instant, Transaction, Work
from daemun.ports.jobs import Job, JobFile

metadata = MetaData()
jobs = Table(
    "daemun_jobs",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(80), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("state", String(9), nullable=False),
    Column("params", LargeBinary, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("result", Text, nullable=False),
    Column("error", String(80)),
    Column("tries", Integer, nullable=False),
    Column("held_by", String(26)),
    Column("leased_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("begun_at", Instant),
    Column("done_at", Instant),
    Column("expires_at", Instant),
    Column("cancel_asked_at", Instant),
    Column("stored", String(60)),
    Column("file_name", String(120)),
    Column("media_type", String(100)),
    Column("file_size", BigInteger),
    Index("daemun_jobs_by_owner", "owner", "id"),
    Index("daemun_jobs_by_turn", "state", "id"),
    Index("daemun_jobs_by_end", "expires_at"),
)
steps = Table(
    "daemun_job_steps",
    metadata,
    Column("job_id", String(26), ForeignKey("daemun_jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("said", Text, nullable=False),
)
c = jobs.c
SHOWN = tuple(each for each in c if each.name not in ("params", "held_by", "leased_until", "tries"))
AT_ONCE: Final = 500
NOBODYS: Final = {"held_by": None, "leased_until": None}


def add(work: Work, job: Job, params: bytes) -> None:
    named = {"id": job.id, "kind": job.kind, "owner": job.owner, "state": job.state, "created_at": job.created_at}
    work.run(insert(jobs).values(named | {"params": params, "done": 0, "total": 0, "result": "{}", "tries": 0}))


def waiting_of(tx: Transaction, owner: str) -> int:
    return _count(tx, c.owner == owner, c.state == "queued")


def owned(tx: Transaction, job_id: str, owner: str) -> Job | None:
    row = tx.one(select(*SHOWN).where(c.id == job_id, c.owner == owner))
    return job_of(row, _position(tx, row.id) if row.state == "queued" else None) if row else None


def of_owner(tx: Transaction, owner: str, limit: int, after: str | None) -> list[Job]:
    """The newest first. None of them says its position: a list would ask for each."""
    mine = select(*SHOWN).where(c.owner == owner).order_by(c.id.desc()).limit(limit)
    return [job_of(row) for row in tx.all(mine if after is None else mine.where(c.id < after))]


def cancel_queued(work: Work, job_id: str, owner: str, expires_at: datetime) -> bool:
    ended = {"state": "cancelled", "done_at": work.now, "expires_at": expires_at, "cancel_asked_at": work.now}
    return work.run(update(jobs).where(c.id == job_id, c.owner == owner, c.state == "queued").values(ended)) > 0


def ask_to_cancel(work: Work, job_id: str, owner: str) -> bool:
    asked = {"cancel_asked_at": func.coalesce(c.cancel_asked_at, literal(work.now, Instant))}
    return work.run(update(jobs).where(c.id == job_id, c.owner == owner, c.state == "running").values(asked)) > 0


def about(tx: Transaction, owner: str) -> list[dict[str, Any]]:
    told = (c.id, c.kind, c.state, c.created_at, c.begun_at, c.done_at, c.error, c.file_name)
    return [dict(row._mapping) for row in tx.all(select(*told).where(c.owner == owner).order_by(c.id.desc()))]


def forget(work: Work, owner: str) -> int:
    return work.run(delete(jobs).where(c.owner == owner))


def sweep(work: Work) -> int:
    """Deletes those whose time is over, a bounded number at once."""
    over = select(c.id).where(c.expires_at < work.now).limit(AT_ONCE).scalar_subquery()
    return work.run(delete(jobs).where(c.id.in_(over)))


def lying(tx: Transaction, names: Sequence[str]) -> set[str]:
    """Which of these files are still somebody's: of a complete job, or being written."""
    ids = {name.partition("-")[0] for name in names}
    rows = tx.all(select(c.id, c.stored, c.held_by).where(c.id.in_(ids)))
    return {row.stored for row in rows if row.stored} | {stored_as(row.id, row.held_by) for row in rows if row.held_by}


def stored_as(job_id: str, hold: str) -> str:
    """Of each hold another file: who lost the job spoils nothing of who has it now."""
    return f"{job_id}-{hold}"


def counted(tx: Transaction) -> Iterable[tuple[str, int]]:
    rows = tx.all(select(c.state, func.count().label("many")).where(c.state.in_(("queued", "running"))).group_by(c.state))
    return [(row.state, row.many) for row in rows]


def waiting_since(tx: Transaction) -> datetime | None:
    row = tx.one(select(func.min(c.created_at).label("since")).where(c.state == "queued"))
    return row.since if row else None


def job_of(row: Row[Any], position: int | None = None) -> Job:
    file = JobFile(row.file_name, row.media_type, row.file_size, row.stored) if row.stored else None
    return Job(
        id=row.id,
        kind=row.kind,
        owner=row.owner,
        state=row.state,
        created_at=row.created_at,
        begun_at=row.begun_at,
        done_at=row.done_at,
        expires_at=row.expires_at,
        cancelling=row.state == "running" and row.cancel_asked_at is not None,
        done=row.done,
        of=row.total,
        result=json.loads(row.result),
        error=row.error,
        file=file,
        position=position,
    )


def _position(tx: Transaction, job_id: str) -> int:
    return _count(tx, c.state == "queued", c.id <= job_id)


def _count(tx: Transaction, *wanted: ColumnElement[bool]) -> int:
    row = tx.one(select(func.count()).where(*wanted))
    return row[0] if row else 0
