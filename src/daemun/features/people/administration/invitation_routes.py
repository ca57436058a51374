"""Invitations and the first set-up, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from daemun.features.access import MasterOnly, NotYoursToGive, UnknownRole
from daemun.features.identity import AccountInactive, EmailTaken, HandleTaken, LinkRefused, WeakPassword
from daemun.features.people.administration.answers import InvitationAnswer, InvitationsAnswer, JoinedAnswer
from daemun.features.people.administration.bodies import ID, AcceptBody, InvitationBody, SetUpBody
from daemun.features.people.administration.flows.accept_invitation import AcceptInvitation
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.inviting import Guest, Invite
from daemun.features.people.administration.flows.set_up import SetUp
from daemun.features.people.administration.routes import MANAGE, Limit
from daemun.features.people.desk import SUDO, Desk
from daemun.features.people.errors import SetUpOver
from daemun.plugin import APIRouter, CurrentVisit, Missing, Secret, public, refuses, requires

LinkId = Annotated[str, Path(pattern=ID)]
BY_LETTER = public("the letter's link is what lets in, once")
BY_TERMINAL = public("the link that the server printed is what lets in, once, while there is no master")


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(tags=["users"])
    invite, accept, set_up = Invite(Hands(desk)), AcceptInvitation(desk), SetUp(desk)

    @routes.get("/api/v1/invitations", dependencies=[requires(MANAGE, keys="too")], summary="열린 초대, 오래된 것부터 · Open invitations")
    async def invitations(visit: CurrentVisit, limit: Limit = 50, after: Annotated[str, Query(pattern=ID)] = "0" * 26) -> InvitationsAnswer:
        found = await visit.read(invite.listed, after, limit)
        return InvitationsAnswer(
            invitations=[InvitationAnswer.of(each) for each in found], next=found[-1].id if len(found) == limit else None
        )

    @routes.post(
        "/api/v1/invitations",
        status_code=201,
        dependencies=[requires(MANAGE, max_age=SUDO)],
        summary="초대 편지 보내기 · Invite somebody by a letter",
        responses=refuses(EmailTaken, UnknownRole, NotYoursToGive, MasterOnly),
    )
    async def invited(visit: CurrentVisit, body: InvitationBody) -> InvitationAnswer:
        guest = Guest(body.email, body.name or "", tuple(dict.fromkeys(body.roles)), body.language or visit.circumstance.language)
        return InvitationAnswer.of(await visit.work(invite.invite, visit.actor, guest))

    @routes.post(
        "/api/v1/invitations/{link_id}/resend",
        dependencies=[requires(MANAGE, max_age=SUDO)],
        summary="초대 다시 보내기: 앞의 링크는 끝남 · Send again; the older link ends",
        responses=refuses(Missing, UnknownRole, NotYoursToGive, MasterOnly),
    )
    async def again(visit: CurrentVisit, link_id: LinkId) -> InvitationAnswer:
        return InvitationAnswer.of(await visit.work(invite.again, visit.actor, link_id))

    @routes.delete(
        "/api/v1/invitations/{link_id}",
        status_code=204,
        dependencies=[requires(MANAGE)],
        summary="초대 거두기 · Take an invitation back",
        responses=refuses(Missing, NotYoursToGive, MasterOnly),
    )
    async def withdrawn(visit: CurrentVisit, link_id: LinkId) -> None:
        await visit.work(invite.withdraw, visit.actor, link_id)

    @routes.post(
        "/auth/invitation",
        status_code=201,
        dependencies=[BY_LETTER],
        summary="초대에 응하기 · Accept an invitation",
        responses=refuses(LinkRefused, WeakPassword, HandleTaken, EmailTaken, AccountInactive),
    )
    async def accepted(visit: CurrentVisit, body: AcceptBody) -> JoinedAnswer:
        return JoinedAnswer.of(await accept(visit, Secret(body.token), body.acceptance))

    @routes.post(
        "/auth/setup",
        status_code=201,
        dependencies=[BY_TERMINAL],
        summary="첫 마스터 만들기 · Make the first master",
        responses=refuses(SetUpOver, LinkRefused, WeakPassword, HandleTaken, EmailTaken),
    )
    async def made(visit: CurrentVisit, body: SetUpBody) -> JoinedAnswer:
        return JoinedAnswer.of(await set_up(visit, Secret(body.token), body.newcomer))

    return routes
