"""How the beginning of long work is answered: 202, and where to ask for it."""

from __future__ import annotations

from typing import Literal

from daemun.ports.jobs import Job
from daemun.web.bodies import Body


class Queued(Body):
    """Then ask `GET /api/v1/jobs/{job_id}`."""

    job_id: str
    status: Literal["queued"]
    position: int
    """Of those that wait; 1 is the next."""

    @classmethod
    def of(cls, job: Job) -> Queued:
        return cls(job_id=job.id, status="queued", position=job.position or 1)
