"""Jobs: submitted with their cause, shown to their owners and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from daemun.core.actor import Actor
from daemun.core.errors import Missing, Refusal
from daemun.features.jobs import store
from daemun.features.jobs.errors import JobFileMissing, JobOver, JobsFull
from daemun.features.jobs.events import CANCELLED, DOWNLOADED, SUBMITTED
from daemun.features.jobs.sealing import Sealing
from daemun.features.jobs.settings import JobSettings
from daemun.ports.database import Transaction, Work
from daemun.ports.jobs import Job, JobKind

AGAIN: Final = 60


def owner_of(actor: Actor) -> str:
    """Whose things they are: a key's are those of the person who holds it, or they would be nobody's when it is rotated."""
    return f"user:{actor.user_id}" if actor.user_id else str(actor)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The port `Jobs`."""

    rules: JobSettings
    seal: Sealing
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    """Rung when this process has submitted something, or asked to cancel it."""

    def submit(self, work: Work, kind: JobKind, params: Mapping[str, Any], *, by: Actor) -> Job:
        owner = owner_of(by)
        work.lock(f"jobs:{owner}")
        if store.waiting_of(work, owner) >= self.rules.most_waiting:
            raise JobsFull(retry_after=AGAIN, most=self.rules.most_waiting)
        job = Job(work.new_id(), kind.name, owner, "queued", work.now)
        store.add(work, job, self.seal.close(job.id, kind.name, params))
        work.publish(SUBMITTED.by(by, work.now, resource_id=job.id, kind=kind.name))
        work.after_commit(self.bell.set)
        found = store.owned(work, job.id, owner)
        return replace(job, position=found.position if found else None)

    def of(self, tx: Transaction, actor: Actor, job_id: str) -> Job:
        """Raises `Missing` also when it is somebody else's."""
        found = store.owned(tx, job_id, owner_of(actor))
        if found is None:
            raise Missing
        return found

    def all_of(self, tx: Transaction, actor: Actor, limit: int, after: str | None) -> Sequence[Job]:
        """The newest first."""
        return store.of_owner(tx, owner_of(actor), limit, after)

    def cancel(self, work: Work, job_id: str, by: Actor) -> Job | Refusal:
        """One that waits is cancelled at once, one that runs a moment later, where its code listens."""
        owner = owner_of(by)
        done = store.cancel_queued(work, job_id, owner, work.now + self.rules.keep) or store.ask_to_cancel(work, job_id, owner)
        found = store.owned(work, job_id, owner)
        if found is None:
            return Missing()
        if not done:
            return JobOver()
        work.publish(CANCELLED.by(by, work.now, resource_id=job_id, kind=found.kind))
        work.after_commit(self.bell.set)
        return found

    def fetch(self, work: Work, job_id: str, by: Actor) -> Job:
        """The job whose file is about to be handed out: recorded first. Raises `Missing`, `JobFileMissing`."""
        job = self.of(work, by, job_id)
        if job.file is None or job.state != "complete":
            raise JobFileMissing
        work.publish(DOWNLOADED.by(by, work.now, resource_id=job_id, kind=job.kind))
        return job

    def forget(self, work: Work, user_id: str) -> int:
        """Erasure. The files go with the next tidying, a minute later at most."""
        return store.forget(work, f"user:{user_id}")

    def about(self, tx: Transaction, user_id: str) -> Mapping[str, Any]:
        return {"jobs": store.about(tx, f"user:{user_id}")}

    def opened(self, job: Job, params: bytes) -> dict[str, Any]:
        """What it was submitted with. Raises `Unreadable`."""
        return self.seal.open(job.id, job.kind, params)
