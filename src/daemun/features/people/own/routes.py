"""One's own account for programs."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Path, Query
from starlette.responses import Response

from daemun.features.identity import AccountLocked, Protected, TooManyAttempts, WeakPassword
from daemun.features.people.desk import SUDO
from daemun.features.people.errors import NotConfirmed
from daemun.features.people.own.account import Own, file
from daemun.features.people.own.bodies import (
    EmailBody,
    Ended,
    Gone,
    LeaveBody,
    NameBody,
    OwnAccount,
    OwnDevice,
    OwnDevices,
    OwnLogins,
    OwnSession,
    OwnSessions,
    PasswordBody,
    ProfileBody,
    Said,
)
from daemun.features.people.own.words import Words
from daemun.features.people.recovery.ways import kept
from daemun.plugin import APIRouter, CurrentPages, CurrentVisit, Missing, Secret, refuses, signed_in

SessionId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
DeviceId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
After = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{26}$")]
Limit = Annotated[int, Query(ge=1, le=200)]
CONFIRMING: Final = (NotConfirmed, TooManyAttempts, AccountLocked)
FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"description": "A file", "content": {"application/json": {}}}}


def router(own: Own) -> APIRouter:
    routes = APIRouter(tags=["me"])
    _profile(routes, own)
    _sessions(routes, own)
    _data(routes, own)
    return routes


def _profile(routes: APIRouter, own: Own) -> None:
    @routes.patch("/me", dependencies=[signed_in()], summary="이름과 언어 바꾸기 · Change one's name and language")
    async def change(visit: CurrentVisit, body: ProfileBody) -> OwnAccount:
        return OwnAccount.of(await own.profile.change(visit, name=body.name, language=body.language))

    @routes.post(
        "/me/password",
        dependencies=[signed_in()],
        summary="비밀번호 바꾸기, 다른 세션은 끝남 · Change the password, which ends other sessions",
        responses=refuses(WeakPassword, *CONFIRMING),
    )
    async def password(visit: CurrentVisit, body: PasswordBody, response: Response) -> Ended:
        changed = kept(await own.change_password(visit, Secret(body.current_password), Secret(body.password)))
        own.renew(response, changed.renewed)
        return Ended(ended=changed.ended)

    @routes.post(
        "/me/email",
        status_code=202,
        dependencies=[signed_in()],
        summary="이메일 바꾸기, 새 주소로 온 편지로 마침 · Change the e-mail address, by a letter to the new one",
        responses=refuses(*CONFIRMING),
    )
    async def email(visit: CurrentVisit, pages: CurrentPages, body: EmailBody, response: Response) -> Said:
        own.renew(response, kept(await own.ask_email(visit, body.email, Secret(body.password))).renewed)
        return Said(message=pages.catalogue.say(visit.circumstance.language, "done_email_asked"))


def _sessions(routes: APIRouter, own: Own) -> None:
    @routes.get("/me/sessions", dependencies=[signed_in()], summary="내 세션 · Where I am signed in")
    async def sessions(visit: CurrentVisit, pages: CurrentPages) -> OwnSessions:
        words = Words.of(pages, visit)
        return OwnSessions(sessions=[OwnSession.of(each, words) for each in await own.sessions.look(visit)])

    @routes.post("/me/sessions/end-others", dependencies=[signed_in(max_age=SUDO)], summary="다른 세션 모두 끝내기 · End all others")
    async def end_others(visit: CurrentVisit) -> Ended:
        return Ended(ended=await own.sessions.end_others(visit))

    @routes.patch(
        "/me/sessions/{session_id}",
        status_code=204,
        dependencies=[signed_in()],
        summary="세션 이름 짓기 · Name a session",
        responses=refuses(Missing),
    )
    async def name(visit: CurrentVisit, session_id: SessionId, body: NameBody) -> None:
        await own.sessions.rename(visit, session_id, body.name)

    @routes.delete(
        "/me/sessions/{session_id}",
        status_code=204,
        dependencies=[signed_in(max_age=SUDO)],
        summary="세션 끝내기 · End a session",
        responses=refuses(Missing),
    )
    async def end(visit: CurrentVisit, session_id: SessionId) -> None:
        await own.sessions.end(visit, session_id)

    @routes.get("/me/devices", dependencies=[signed_in()], summary="아는 기기 · Known devices")
    async def devices(visit: CurrentVisit, pages: CurrentPages) -> OwnDevices:
        words = Words.of(pages, visit)
        return OwnDevices(devices=[OwnDevice.of(each, words) for each in await own.sessions.look_at_devices(visit)])

    @routes.delete(
        "/me/devices/{device_id}",
        status_code=204,
        dependencies=[signed_in(max_age=SUDO)],
        summary="기기 잊기 · Forget a device",
        responses=refuses(Missing),
    )
    async def forget(visit: CurrentVisit, device_id: DeviceId) -> None:
        await own.sessions.forget(visit, device_id)


def _data(routes: APIRouter, own: Own) -> None:
    @routes.get("/me/logins", dependencies=[signed_in()], summary="로그인 기록 · Login history")
    async def logins(visit: CurrentVisit, pages: CurrentPages, after: After = None, limit: Limit = 50) -> OwnLogins:
        return OwnLogins.of(await own.logins(visit, after, limit), Words.of(pages, visit))

    @routes.get(
        "/me/export",
        dependencies=[signed_in(max_age=SUDO)],
        summary="내 데이터 모두 받기 · Everything that is kept about me",
        response_class=Response,
        responses=FILE,
    )
    async def export(visit: CurrentVisit) -> Response:
        return file(await own.export(visit))

    @routes.post(
        "/me/delete",
        dependencies=[signed_in()],
        summary="탈퇴 · Delete one's account",
        responses=refuses(Protected, *CONFIRMING),
    )
    async def leave(visit: CurrentVisit, pages: CurrentPages, body: LeaveBody, response: Response) -> Gone:
        left = kept(await own.leave(visit, Secret(body.password)))
        own.desk.jar.clear(response, "session")
        return Gone(message=pages.catalogue.say(visit.circumstance.language, "done_account_deleted"), restorable_until=left.erased_at)
