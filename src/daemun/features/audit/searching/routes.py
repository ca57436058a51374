"""Looking into the log: what people did and what was done to them, for themselves, and everything for auditors."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Path, Query, Request
from starlette.responses import StreamingResponse

from daemun.features.audit.searching.answers import EventsAnswer, FacetsAnswer, HistogramAnswer, StatisticsAnswer, WholeAnswer
from daemun.features.audit.searching.errors import CursorMalformed, PageTooFar, QueryMalformed, TooManyTails
from daemun.features.audit.searching.legacy import Legacy, LogsAnswer, Sought
from daemun.features.audit.searching.reader import PERMISSION, Reader
from daemun.features.audit.searching.tail import Tail
from daemun.plugin import APIRouter, CurrentVisit, Line, Missing, refuses, requires, signed_in

Q = Annotated[
    str, Query(max_length=4000, description="actor:ana action:auth.* -outcome:success ip:203.0.113.0/24 created:2026-01-01..2026-02-01")
]
Limit = Annotated[int, Query(ge=1, le=200)]
Said = Annotated[Line | None, Query(max_length=200)]
EVENT_STREAM: Final = "text/event-stream"
STREAM: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "A stream", "content": {EVENT_STREAM: {}}}}


def router(reader: Reader, tail: Tail) -> APIRouter:
    routes = APIRouter(tags=["audit"])
    _counts(routes, reader)
    _events(routes, reader, tail)
    _logs(routes, Legacy(reader))
    return routes


def _counts(routes: APIRouter, reader: Reader) -> None:
    @routes.get(
        "/api/v1/audit/events/facets",
        dependencies=[signed_in()],
        summary="찾은 사건에 흔한 값 · The commonest values of what is found",
        responses=refuses(QueryMalformed),
    )
    async def facets(visit: CurrentVisit, q: Q = "") -> FacetsAnswer:
        return await reader.facets(visit, q)

    @routes.get(
        "/api/v1/audit/events/histogram",
        dependencies=[signed_in()],
        summary="언제 얼마나: created가 없으면 지난 30일 · When how many; the last 30 days unless created: says otherwise",
        responses=refuses(QueryMalformed),
    )
    async def histogram(visit: CurrentVisit, q: Q = "") -> HistogramAnswer:
        return await reader.histogram(visit, q)

    @routes.get(
        "/api/v1/audit/events/statistics",
        dependencies=[signed_in()],
        summary="행위와 결과별 수 · How many of each action and outcome",
        responses=refuses(QueryMalformed),
    )
    async def statistics(visit: CurrentVisit, q: Q = "") -> StatisticsAnswer:
        return await reader.statistics(visit, q)


def _events(routes: APIRouter, reader: Reader, tail: Tail) -> None:
    @routes.get(
        "/api/v1/audit/events",
        dependencies=[signed_in()],
        summary="사건 찾기: 권한이 없으면 자기 것만 · Find events; without the permission only one's own",
        responses=refuses(QueryMalformed, CursorMalformed),
    )
    async def events(
        visit: CurrentVisit, q: Q = "", cursor: Annotated[str | None, Query(max_length=40)] = None, limit: Limit = 50
    ) -> EventsAnswer:
        return await reader.page(visit, q, cursor, limit)

    @routes.get(
        "/api/v1/audit/events/tail",
        dependencies=[signed_in()],
        summary="새 사건을 그때그때 (Server-Sent Events) · New events as they come",
        response_class=StreamingResponse,
        responses={**STREAM, **refuses(QueryMalformed, TooManyTails)},
    )
    async def follow(visit: CurrentVisit, request: Request, q: Q = "") -> StreamingResponse:
        stream = await tail.open(visit, q, request.headers.get("last-event-id"), tail.again(request))
        return StreamingResponse(stream, media_type=EVENT_STREAM, headers={"X-Accel-Buffering": "no"})

    @routes.get(
        "/api/v1/audit/events/{index}",
        dependencies=[signed_in()],
        summary="사건 하나와 그 둘레: reason을 말하면 개인 정보까지 · One event and what stands around it; a reason opens personal data",
        responses=refuses(Missing),
    )
    async def one(
        visit: CurrentVisit,
        index: Annotated[int, Path(ge=0, lt=2**53)],
        reason: Annotated[Line, Query(max_length=500, description="까닭: 기록에 남습니다 · why; it is recorded")] = "",
    ) -> WholeAnswer:
        return await reader.one(visit, index, reason.strip())


def _logs(routes: APIRouter, legacy: Legacy) -> None:
    @routes.get(
        "/api/audit-logs",
        dependencies=[requires(PERMISSION, seen_by="route")],
        summary="감사 로그 목록 · The audit log, page by page",
        responses=refuses(PageTooFar),
    )
    async def logs(
        visit: CurrentVisit,
        user_id: Said = None,
        action: Said = None,
        resource_type: Said = None,
        resource_id: Said = None,
        status: Said = None,
        start_date: Said = None,
        end_date: Said = None,
        q: Annotated[Line | None, Query(max_length=500)] = None,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
        limit: Limit = 50,
    ) -> LogsAnswer:
        sought = Sought(user_id, action, resource_type, resource_id, status, start_date, end_date, q)
        return await legacy.page(visit, sought, page, limit)
