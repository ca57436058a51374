"""Other people's sessions, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from daemun.features.access import MasterOnly
from daemun.features.identity import UserMissing
from daemun.features.people.administration.answers import RECORDS, EndedAnswer, SessionAnswer, SessionsAnswer
from daemun.features.people.administration.bodies import ID
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.kill_sessions import EVERYONE, KillSessions
from daemun.features.people.administration.flows.look_up import LookUp
from daemun.features.people.administration.routes import MANAGE, REACH, Id
from daemun.features.people.desk import SUDO, Desk
from daemun.plugin import APIRouter, CurrentVisit, Missing, refuses, requires


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api/v1", tags=["users"])
    look, kill = LookUp(desk), KillSessions(Hands(desk))

    @routes.get(
        "/users/{user_id}/sessions",
        dependencies=[requires(RECORDS, keys="too")],
        summary="열린 세션 · Open sessions",
        responses=refuses(UserMissing),
    )
    async def sessions(visit: CurrentVisit, user_id: Id) -> SessionsAnswer:
        return SessionsAnswer(sessions=[SessionAnswer.of(each) for each in await visit.read(look.sessions, user_id)])

    @routes.delete(
        "/users/{user_id}/sessions",
        dependencies=[requires(MANAGE, keys="too")],
        summary="한 사람의 세션 모두 끝내기 · End all sessions of somebody",
        responses=refuses(*REACH),
    )
    async def end_all(visit: CurrentVisit, user_id: Id) -> EndedAnswer:
        return EndedAnswer(ended=await visit.work(kill.all_of, visit.actor, user_id))

    @routes.delete(
        "/users/{user_id}/sessions/{session_id}",
        status_code=204,
        dependencies=[requires(MANAGE, keys="too")],
        summary="세션 하나 끝내기 · End one session",
        responses=refuses(*REACH, Missing),
    )
    async def end(visit: CurrentVisit, user_id: Id, session_id: Annotated[str, Path(pattern=ID)]) -> None:
        await visit.work(kill.one, visit.actor, user_id, session_id)

    @routes.post(
        "/sessions/end-everyone",
        dependencies=[requires(EVERYONE, max_age=SUDO)],
        summary="지금 이 세션만 빼고 모든 사람의 세션 끝내기 · End everybody's sessions but this one",
        responses=refuses(MasterOnly),
    )
    async def everyone(visit: CurrentVisit) -> EndedAnswer:
        return EndedAnswer(ended=await kill.everyone(visit))

    return routes
