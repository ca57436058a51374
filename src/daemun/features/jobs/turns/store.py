"""Whose turn it is: how processes take jobs, keep them, and take over those of a process that is gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, insert, literal, or_, select, update

from daemun.features.jobs.store import NOBODYS, SHOWN, c, job_of, jobs, steps
from daemun.ports.database import Instant, Transaction, Work
from daemun.ports.jobs import Job, JobFile, Result

MOST_DEATHS: Final = 5
"""A job whose process died so often is taken to be the cause."""


@dataclass(frozen=True, slots=True)
class Taken:
    job: Job
    params: bytes
    hold: str
    """New at each taking: what is written under an older one is refused."""


def any_due(tx: Transaction, kinds: Collection[str]) -> bool:
    return tx.one(select(c.id).where(_due(tx.now), c.kind.in_(kinds)).limit(1)) is not None


def take(work: Work, kinds: Collection[str], span: timedelta) -> Taken | None:
    """The one that is due whose owner has least running, then the oldest."""
    others = jobs.alias()
    busy = select(func.count()).where(others.c.owner == c.owner, others.c.state == "running", others.c.leased_until >= work.now)
    wanted = select(*SHOWN, c.params).where(_due(work.now), c.kind.in_(kinds), c.tries < MOST_DEATHS, c.cancel_asked_at.is_(None))
    row = work.one(wanted.order_by(busy.scalar_subquery(), c.id).limit(1).with_for_update(skip_locked=True, of=jobs))
    if row is None:
        return None
    hold = work.new_id()
    begun = {"begun_at": func.coalesce(c.begun_at, literal(work.now, Instant)), "tries": c.tries + 1}
    held: dict[str, Any] = {"state": "running", "held_by": hold, "leased_until": work.now + span}
    work.run(update(jobs).where(c.id == row.id).values(held | begun))
    return Taken(job_of(row), row.params, hold)


def hopeless(work: Work) -> Sequence[tuple[Job, str | None]]:
    """Those that nobody holds and nobody is to take again, with why: their owners cancelled them, or their processes died too often."""
    gone = and_(_due(work.now), or_(c.cancel_asked_at.is_not(None), c.tries >= MOST_DEATHS))
    rows = work.all(select(*SHOWN).where(gone).limit(50).with_for_update(skip_locked=True))
    return [(job_of(row), None if row.cancel_asked_at else "job_died") for row in rows]


def renew(work: Work, held: Mapping[str, tuple[int, int]], span: timedelta) -> dict[str, bool]:
    """Keeps what is held, and notes how far it is. The holds that are still ours, each with whether its job is to be cancelled."""
    ours = and_(c.held_by.in_(held), c.state == "running")
    done = case(*((c.held_by == hold, counts[0]) for hold, counts in held.items()), else_=c.done)
    total = case(*((c.held_by == hold, counts[1]) for hold, counts in held.items()), else_=c.total)
    work.run(update(jobs).where(ours).values(leased_until=work.now + span, done=done, total=total))
    return {row.held_by: row.cancel_asked_at is not None for row in work.all(select(c.held_by, c.cancel_asked_at).where(ours))}


def is_held(work: Work, hold: str) -> bool:
    """Whether it is still ours until the commit: nobody takes it over meanwhile."""
    return work.one(select(c.id).where(c.held_by == hold, c.state == "running").with_for_update()) is not None


def give_back(work: Work, hold: str) -> None:
    """It waits again as if it had not been begun."""
    mine = and_(c.held_by == hold, c.state == "running")
    work.run(update(jobs).where(mine).values(state="queued", tries=c.tries - 1, **NOBODYS))


def complete(work: Work, hold: str, result: Result, file: JobFile | None, counts: tuple[int, int], until: datetime) -> bool:
    """False when it is no longer ours."""
    told: dict[str, Any] = {"result": json.dumps(result), "done": counts[0], "total": counts[1]}
    if file is not None:
        told |= {"stored": file.stored, "file_name": file.name, "media_type": file.media_type, "file_size": file.size}
    return _ended(work, c.held_by == hold, until, state="complete", **told)


def cancelled(work: Work, job_id: str, until: datetime) -> bool:
    return _ended(work, c.id == job_id, until, state="cancelled")


def failed(work: Work, job_id: str, code: str, until: datetime) -> bool:
    return _ended(work, c.id == job_id, until, state="error", error=code)


def step(tx: Transaction, job_id: str, name: str) -> tuple[Any] | None:
    """What was said when it was done; None when it was not."""
    row = tx.one(select(steps.c.said).where(steps.c.job_id == job_id, steps.c.name == name))
    return (json.loads(row.said),) if row else None


def remember(work: Work, job_id: str, name: str, said: object) -> None:
    work.run(insert(steps).values(job_id=job_id, name=name, said=json.dumps(said)))


def _ended(work: Work, which: ColumnElement[bool], until: datetime, **values: Any) -> bool:
    over = {"done_at": work.now, "expires_at": until, **NOBODYS}
    return work.run(update(jobs).where(which, c.state.in_(("queued", "running"))).values(over | values)) > 0


def _due(now: datetime) -> ColumnElement[bool]:
    """Waiting, or of a process that was not heard of for too long."""
    return or_(c.state == "queued", and_(c.state == "running", c.leased_until < now))
