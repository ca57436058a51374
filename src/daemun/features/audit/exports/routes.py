"""Exports are asked for here; how far they are and the file itself are a job's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import Field

from daemun.features.audit.exports.export import Export, Order, Which
from daemun.features.audit.searching.errors import QueryMalformed
from daemun.features.audit.searching.parsing import LONGEST
from daemun.plugin import APIRouter, Body, CurrentVisit, Jobs, Line, Malformed, Queued, TooMany, refuses, requires


class ExportBody(Body):
    format: Which
    """bundle: the whole log with its proofs, what is personal sealed."""
    q: Annotated[Line, Field(max_length=LONGEST)] = ""
    """The question in the language of the search; empty: everything."""
    personal: bool = False
    """With addresses, agents and the personal details, as far as they can still be read. Then a reason is due."""
    reason: Annotated[Line, Field(max_length=500)] = ""


def router(export: Export, jobs: Jobs) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/audit/exports", tags=["audit"])
    kind = export.kind

    @routes.post(
        "",
        status_code=202,
        dependencies=[requires("audit.read")],
        summary="감사 기록 내보내기 시작 · Begin an export of the audit log",
        responses=refuses(Malformed, QueryMalformed, TooMany),
    )
    async def begin(visit: CurrentVisit, body: ExportBody, response: Response) -> Queued:
        order = Order(body.format, body.q, body.personal, body.reason)
        export.check(order)
        job = await visit.work(jobs.submit, kind, order.params, by=visit.actor)
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return Queued.of(job)

    return routes
