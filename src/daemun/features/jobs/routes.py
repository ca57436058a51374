"""A person's jobs: how far they are, to cancel, and what they brought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import FileResponse
from pydantic import PlainSerializer

from daemun.core.errors import Denied
from daemun.features.jobs.errors import JobFileMissing, JobOver
from daemun.features.jobs.service import Jobs
from daemun.plugin import APIRouter, Body, CurrentVisit, Job, JobKind, Missing, Refusal, refuses, signed_in
from daemun.ports.jobs import JobState

Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]
JOB_ID = r"^[0-9A-HJKMNP-TV-Z]{26}$"
JobId = Annotated[str, Path(pattern=JOB_ID)]
PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class ProgressAnswer(Body):
    done: int
    of: int
    """0: nobody knows yet."""


class FileAnswer(Body):
    """To be fetched at `/api/v1/jobs/{job_id}/file`."""

    name: str
    media_type: str
    size: int


class JobAnswer(Body):
    job_id: str
    kind: str
    status: JobState
    position: int | None
    """Of one that waits: 1 is the next. Lists leave it out."""
    cancelling: bool
    """It is asked to stop and has not yet."""
    progress: ProgressAnswer
    created_at: Moment
    begun_at: Moment | None
    done_at: Moment | None
    expires_at: Moment | None
    """When the job and its file are deleted."""
    result: dict[str, Any]
    error: str | None
    file: FileAnswer | None

    @classmethod
    def of(cls, job: Job) -> JobAnswer:
        file = FileAnswer(name=job.file.name, media_type=job.file.media_type, size=job.file.size) if job.file else None
        return cls(
            job_id=job.id,
            kind=job.kind,
            status=job.state,
            position=job.position,
            cancelling=job.cancelling,
            progress=ProgressAnswer(done=job.done, of=job.of),
            created_at=job.created_at,
            begun_at=job.begun_at,
            done_at=job.done_at,
            expires_at=job.expires_at,
            result=dict(job.result),
            error=job.error,
            file=file,
        )


class JobsAnswer(Body):
    jobs: list[JobAnswer]
    next: str | None
    """What to ask for as `after`; None at the end."""


class Download(FileResponse):
    media_type = "*/*"  # as the kind of job has it


def router(jobs: Jobs, kinds: Mapping[str, JobKind], folder: Folder) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], dependencies=[signed_in()])

    @routes.get("", summary="내 작업, 새것부터 · My jobs, newest first")
    async def mine(
        visit: CurrentVisit,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(pattern=JOB_ID)] = None,
    ) -> JobsAnswer:
        found = await visit.read(jobs.all_of, visit.actor, limit, after)
        return JobsAnswer(jobs=[JobAnswer.of(each) for each in found], next=found[-1].id if len(found) == limit else None)

    @routes.get("/{job_id}", summary="작업의 상태와 진행 · A job's state and progress", responses=refuses(Missing))
    async def one(visit: CurrentVisit, job_id: JobId) -> JobAnswer:
        return JobAnswer.of(await visit.read(jobs.of, visit.actor, job_id))

    @routes.post("/{job_id}/cancel", summary="작업 취소 · Cancel a job", responses=refuses(Missing, JobOver))
    async def cancel(visit: CurrentVisit, job_id: JobId) -> JobAnswer:
        answer = await visit.work(jobs.cancel, job_id, visit.actor)
        if isinstance(answer, Refusal):
            raise answer
        return JobAnswer.of(answer)

    @routes.get(
        "/{job_id}/file",
        summary="작업의 결과 파일 · The file a job made",
        response_class=Download,
        responses=refuses(JobFileMissing, Missing, Denied),
    )
    async def file(visit: CurrentVisit, job_id: JobId) -> Download:
        found = await visit.read(jobs.of, visit.actor, job_id)
        kind = kinds.get(found.kind)
        if kind is None or found.file is None or not (folder / found.file.stored).is_file():
            raise JobFileMissing
        if kind.permission is not None and not visit.actor.may(kind.permission):
            raise Denied(permission=kind.permission)
        await visit.work(jobs.fetch, job_id, visit.actor)
        return Download(folder / found.file.stored, media_type=found.file.media_type, filename=found.file.name, headers=PRIVATE)

    return routes
