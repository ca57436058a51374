"""KRX's paths, exactly; and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, TypeVar

from starlette.responses import Response

from daemun.core.circumstance import Language
from daemun.features.identity import (
    AccountInactive,
    AccountLocked,
    Asleep,
    CodeWrong,
    EmailTaken,
    EmailUnverified,
    HandleTaken,
    LinkOtherBrowser,
    LinkRefused,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from daemun.features.sessions import BrowserSession, RefreshExpired, RefreshRefused, RefreshReplayed, UnknownToken
from daemun.features.signin.bodies import FinishBody, LoginBody, Message, PasswordBody, RefreshBody, SignUpBody, TokenAnswer, UserAnswer
from daemun.features.signin.door import Door
from daemun.features.signin.errors import PasswordChangeDue, SignupClosed
from daemun.features.signin.flows.finish import FinishSignUp
from daemun.features.signin.flows.login import LogIn
from daemun.features.signin.flows.logout import LogOut
from daemun.features.signin.flows.reauthenticate import Reauthenticate
from daemun.features.signin.flows.refresh import Refresh
from daemun.features.signin.flows.signup import Pending, SignUp
from daemun.features.signin.flows.wake import Wake
from daemun.plugin import APIRouter, Body, CurrentVisit, Refusal, Secret, Visit, public, refuses, signed_in
from daemun.web.hot import HotRoute
from daemun.web.problems import limits_of

T = TypeVar("T")
OPEN = public("this is how one becomes known; attempts are counted")
MESSAGES: Final[dict[str, dict[Language, str]]] = {
    "out": {"ko": "로그아웃되었습니다.", "en": "You are logged out."},
    "proven": {"ko": "본인 확인을 마쳤습니다.", "en": "It is confirmed that it is you."},
    "pending": {
        "ko": "이메일로 편지를 보냈습니다. 편지를 따라 가입을 마쳐 주십시오.",
        "en": "We have written to this address. Please finish the sign-up as the letter says.",
    },
}


@dataclass(frozen=True, slots=True)
class Flows:
    door: Door
    sign_up: SignUp
    finish: FinishSignUp
    log_in: LogIn
    refresh: Refresh
    log_out: LogOut
    reauthenticate: Reauthenticate
    wake: Wake

    @classmethod
    def at(cls, door: Door) -> Self:
        return cls(door, SignUp(door), FinishSignUp(door), LogIn(door), Refresh(door), LogOut(door), Reauthenticate(door), Wake(door))


def kept(answer: T | Refusal) -> T:
    """A refusal that left its mark is raised here, after the commit."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def router(flows: Flows) -> APIRouter:
    routes = APIRouter(tags=["auth"], route_class=HotRoute)

    @routes.post(
        "/auth/signup",
        status_code=201,
        dependencies=[OPEN],
        summary="회원가입 · Sign up",
        response_model=UserAnswer,
        responses={
            202: {"model": Message, "description": "DAEMUN_SIGNUP=private: finished by mail"},
            **refuses(HandleTaken, EmailTaken, WeakPassword, SignupClosed, TooManyAttempts),
        },
    )
    async def signup(visit: CurrentVisit, body: SignUpBody) -> Response:
        answer = await flows.sign_up(visit, body.newcomer)
        if isinstance(answer, Pending):
            return _json(_said(visit, "pending"), 202)
        return _json(UserAnswer.of(answer), 201)

    @routes.post(
        "/auth/signup/finish",
        status_code=201,
        dependencies=[OPEN],
        summary="가입 마치기 · Finish a sign-up by mail",
        responses=refuses(HandleTaken, LinkRefused, LinkOtherBrowser, CodeWrong, WeakPassword, TooManyAttempts),
    )
    async def finish(visit: CurrentVisit, body: FinishBody) -> UserAnswer:
        return UserAnswer.of(kept(await flows.finish(visit, body.finishing)))

    @routes.post(
        "/auth/login",
        dependencies=[OPEN],
        summary="로그인 · Log in",
        response_model=TokenAnswer,
        responses=refuses(WrongCredentials, AccountInactive, Asleep, EmailUnverified, PasswordChangeDue, TooManyAttempts, AccountLocked),
    )
    async def login(visit: CurrentVisit, body: LoginBody) -> Response:
        pair = kept(await flows.log_in.with_tokens(visit, body.attempt, remember=body.remember_me))
        return _json(TokenAnswer.of(pair), headers=limits_of(flows.door.identity.allowances()))

    @routes.post(
        "/auth/refresh",
        dependencies=[OPEN],
        summary="토큰 갱신 · Refresh",
        responses=refuses(RefreshRefused, RefreshExpired, RefreshReplayed),
    )
    async def refresh(visit: CurrentVisit, body: RefreshBody) -> TokenAnswer:
        return TokenAnswer.of(kept(await flows.refresh(visit, Secret(body.refresh_token))))

    @routes.post("/auth/logout", dependencies=[OPEN], summary="로그아웃 · Log out", responses=refuses(UnknownToken))
    async def logout(visit: CurrentVisit, body: RefreshBody) -> Message:
        kept(await flows.log_out(visit, Secret(body.refresh_token)))
        return _said(visit, "out")

    @routes.post(
        "/auth/reauthenticate",
        dependencies=[signed_in()],
        summary="본인 확인 다시 하기 · Authenticate again",
        response_model=Message,
        responses=refuses(WrongCredentials, TooManyAttempts, AccountLocked),
    )
    async def reauthenticate(visit: CurrentVisit, body: PasswordBody) -> Response:
        answer = kept(await flows.reauthenticate(visit, Secret(body.password)))
        response = _json(_said(visit, "proven"))
        if isinstance(answer, BrowserSession):
            flows.door.jar.set(response, "session", answer.cookie.reveal(), answer.max_age)
        return response

    return routes


def _said(visit: Visit, what: str) -> Message:
    return Message(message=MESSAGES[what][visit.circumstance.language])


def _json(body: Body, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body.model_dump_json(), status, headers, "application/json")
