"""Looking after people, as JSON: looking, creating, correcting, roles."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import Path, Query

from daemun.features.access import LastMaster, MasterOnly, NotYoursToGive, Outranked, OwnRoles, UnknownRole
from daemun.features.identity import AccountInactive, EmailTaken, HandleTaken, Sought, Status, UserMissing
from daemun.features.people.administration.answers import (
    RECORDS,
    BulkAnswer,
    LoginAnswer,
    LoginsAnswer,
    RolesAnswer,
    UserAnswer,
    UsersAnswer,
)
from daemun.features.people.administration.bodies import ID, BulkBody, CorrectionBody, NewUserBody, RolesBody, Since
from daemun.features.people.administration.flows.bulk import Bulk
from daemun.features.people.administration.flows.change_somebody import ChangeSomebody
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.inviting import Invite
from daemun.features.people.administration.flows.look_up import LookUp
from daemun.features.people.administration.flows.set_roles import SetRoles
from daemun.features.people.desk import SUDO, Desk
from daemun.features.people.errors import BulkTooMany, OwnAccount
from daemun.plugin import Actor, APIRouter, CurrentVisit, Line, Permission, Work, refuses, requires
from daemun.web.requires import Requires

PERMISSIONS: Final = (
    Permission(
        RECORDS,
        "정지·보존의 사유와 로그인·세션 기록 보기",
        "See why people were suspended or held, and their logins and sessions",
        roles=("user_admin", "security_admin"),
    ),
    Permission("sessions.end_everyone", "모든 사람의 세션 끝내기", "End everybody's sessions"),
)
READ, MANAGE = "users.read", "users.manage"
CAREFUL = requires(MANAGE, max_age=SUDO)
AGAIN: Final = Requires(MANAGE, max_age=SUDO)
"""Asked where only a part of what a route does is that careful."""
Id = Annotated[str, Path(pattern=ID)]
Limit = Annotated[int, Query(ge=1, le=200)]
REACH = (UserMissing, OwnAccount, MasterOnly, Outranked)


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/users", tags=["users"])
    hands, look = Hands(desk), LookUp(desk)
    invite, change, set_roles, bulk = Invite(hands), ChangeSomebody(hands), SetRoles(hands), Bulk(hands)

    def created(work: Work, by: Actor, body: NewUserBody) -> str:
        return invite.create(work, by, body.newcomer, body.roles).id

    @routes.get("", dependencies=[requires(READ, keys="too")], summary="회원 목록 · People")
    async def users(
        visit: CurrentVisit,
        q: Annotated[Line, Query(max_length=254)] = "",
        status: Status | None = None,
        verified: bool | None = None,
        role: Annotated[Line | None, Query(max_length=50)] = None,
        created_from: Since | None = None,
        created_to: Since | None = None,
        sort: Literal["newest", "oldest"] = "newest",
        limit: Limit = 50,
        after: Annotated[str | None, Query(max_length=1024)] = None,
    ) -> UsersAnswer:
        sought = Sought(q, status, verified, created_from, created_to, after, limit, sort)
        return UsersAnswer.of(await visit.read(look.page, sought, role or None))

    @routes.post(
        "",
        status_code=201,
        dependencies=[CAREFUL],
        summary="회원 만들기: 비밀번호는 초대 편지로 본인이 정함 · Create somebody, who chooses the password by a letter",
        responses=refuses(HandleTaken, EmailTaken, UnknownRole, NotYoursToGive, MasterOnly),
    )
    async def create(visit: CurrentVisit, body: NewUserBody) -> UserAnswer:
        user_id = await visit.work(created, visit.actor, body)
        return UserAnswer.of(await visit.read(look.person, user_id), visit.actor)

    @routes.post(
        "/bulk",
        dependencies=[requires(MANAGE)],
        summary="여러 사람에게 한꺼번에; dry_run은 아무것도 바꾸지 않음 · The same for many; dry_run changes nothing",
        responses=refuses(BulkTooMany),
    )
    async def many(visit: CurrentVisit, body: BulkBody) -> BulkAnswer:
        if not body.dry_run:
            AGAIN.be_sure_of(visit.actor)
        return BulkAnswer.of(body.action, await bulk(visit, body.chosen, body.order, rehearse=body.dry_run), dry_run=body.dry_run)

    @routes.get("/{user_id}", dependencies=[requires(READ, keys="too")], summary="회원 한 사람 · Somebody", responses=refuses(UserMissing))
    async def user(visit: CurrentVisit, user_id: Id) -> UserAnswer:
        return UserAnswer.of(await visit.read(look.person, user_id), visit.actor)

    @routes.patch(
        "/{user_id}",
        dependencies=[CAREFUL],
        summary="이름·이메일·언어 고치기 · Correct name, e-mail or language",
        responses=refuses(*REACH, EmailTaken),
    )
    async def corrected(visit: CurrentVisit, user_id: Id, body: CorrectionBody) -> UserAnswer:
        await visit.work(change, visit.actor, user_id, body.correction)
        return UserAnswer.of(await visit.read(look.person, user_id), visit.actor)

    @routes.put(
        "/{user_id}/roles",
        dependencies=[CAREFUL],
        summary="역할 정하기 · Set somebody's roles",
        responses=refuses(UserMissing, AccountInactive, UnknownRole, NotYoursToGive, MasterOnly, Outranked, OwnRoles, LastMaster),
    )
    async def roles(visit: CurrentVisit, user_id: Id, body: RolesBody) -> RolesAnswer:
        return RolesAnswer.of(await visit.work(set_roles, visit.actor, user_id, body.roles))

    @routes.get(
        "/{user_id}/logins",
        dependencies=[requires(RECORDS, keys="too")],
        summary="로그인 기록, 새것부터 · When somebody came in, newest first",
        responses=refuses(UserMissing),
    )
    async def logins(
        visit: CurrentVisit, user_id: Id, limit: Limit = 50, after: Annotated[str | None, Query(pattern=ID)] = None
    ) -> LoginsAnswer:
        found = await visit.read(look.logins, user_id, after, limit)
        return LoginsAnswer(logins=[LoginAnswer.of(each) for each in found], next=found[-1].id if len(found) == limit else None)

    return routes
