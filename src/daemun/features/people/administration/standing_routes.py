"""What becomes of people by an administrator's hand, as JSON; and the help that support gives."""

from __future__ import annotations

from datetime import datetime

from daemun.features.access import MasterOnly, Outranked
from daemun.features.identity import IllegalMove, MoveDenied, Protected, TooManyAttempts, UnderLegalHold, UserMissing
from daemun.features.people.administration.answers import UserAnswer
from daemun.features.people.administration.bodies import ReasonBody, SuspendBody
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.help_somebody import HelpSomebody
from daemun.features.people.administration.flows.legal_hold import LegalHold
from daemun.features.people.administration.flows.look_up import LookUp
from daemun.features.people.administration.flows.moving import AdminMove, MoveSomebody
from daemun.features.people.administration.routes import MANAGE, REACH, Id
from daemun.features.people.desk import SUDO, Desk
from daemun.features.people.errors import OwnAccount
from daemun.plugin import APIRouter, CurrentVisit, Visit, refuses, requires

MOVES = refuses(UserMissing, OwnAccount, MasterOnly, Outranked, IllegalMove, MoveDenied, Protected)


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/users/{user_id}", tags=["users"])
    hands, look = Hands(desk), LookUp(desk)
    move, law, helping = MoveSomebody(hands), LegalHold(hands), HelpSomebody(hands)

    async def moved(visit: Visit, user_id: str, name: AdminMove, reason: str, until: datetime | None = None) -> UserAnswer:
        await visit.work(move, visit.actor, user_id, name, reason, until)
        return UserAnswer.of(await visit.read(look.person, user_id), visit.actor)

    @routes.post("/suspend", dependencies=[requires(MANAGE, keys="too")], summary="이용 정지 · Suspend", responses=MOVES)
    async def suspend(visit: CurrentVisit, user_id: Id, body: SuspendBody) -> UserAnswer:
        return await moved(visit, user_id, "ban", body.reason, body.until)

    @routes.post("/lift", dependencies=[requires(MANAGE, keys="too")], summary="정지 풀기 · Lift a suspension", responses=MOVES)
    async def lift(visit: CurrentVisit, user_id: Id, body: ReasonBody) -> UserAnswer:
        return await moved(visit, user_id, "lift", body.reason)

    @routes.post(
        "/delete", dependencies=[requires(MANAGE, max_age=SUDO)], summary="삭제: 30일 안에 되살릴 수 있음 · Delete", responses=MOVES
    )
    async def delete(visit: CurrentVisit, user_id: Id, body: ReasonBody) -> UserAnswer:
        return await moved(visit, user_id, "delete", body.reason)

    @routes.post("/restore", dependencies=[requires(MANAGE)], summary="되살리기 · Restore", responses=MOVES)
    async def restore(visit: CurrentVisit, user_id: Id, body: ReasonBody) -> UserAnswer:
        return await moved(visit, user_id, "restore", body.reason)

    @routes.post(
        "/erase",
        status_code=204,
        dependencies=[requires("users.erase", max_age=SUDO)],
        summary="삭제된 회원을 곧바로 완전히 지움 · Erase a deleted user at once",
        responses=refuses(*REACH, IllegalMove, UnderLegalHold),
    )
    async def erase(visit: CurrentVisit, user_id: Id, body: ReasonBody) -> None:
        await visit.work(move, visit.actor, user_id, "erase", body.reason)

    @routes.post("/hold", dependencies=[requires("users.hold")], summary="법적 보존 · Legal hold", responses=refuses(*REACH))
    async def hold(visit: CurrentVisit, user_id: Id, body: ReasonBody) -> UserAnswer:
        await visit.work(law.hold, visit.actor, user_id, body.reason)
        return UserAnswer.of(await visit.read(look.person, user_id), visit.actor)

    @routes.post(
        "/release",
        dependencies=[requires("users.hold", max_age=SUDO)],
        summary="법적 보존 풀기 · Release from legal hold",
        responses=refuses(*REACH, IllegalMove),
    )
    async def release(visit: CurrentVisit, user_id: Id, body: ReasonBody) -> UserAnswer:
        await visit.work(law.release, visit.actor, user_id, body.reason)
        return UserAnswer.of(await visit.read(look.person, user_id), visit.actor)

    @routes.post(
        "/unlock",
        status_code=204,
        dependencies=[requires("users.recover")],
        summary="잠긴 로그인 풀기 · Open a locked login",
        responses=refuses(*REACH, IllegalMove),
    )
    async def unlock(visit: CurrentVisit, user_id: Id) -> None:
        await helping.unlock(visit, user_id)

    @routes.post(
        "/recovery",
        status_code=204,
        dependencies=[requires("users.recover")],
        summary="비밀번호 재설정 시작: 링크는 본인에게만 · Start a reset; only its owner gets the link",
        responses=refuses(*REACH, IllegalMove, TooManyAttempts),
    )
    async def recovery(visit: CurrentVisit, user_id: Id) -> None:
        await helping.recover(visit, user_id)

    return routes
