"""KRX's paths, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from daemun.features.identity import AccountInactive, EmailTaken, HandleTaken, TooManyAttempts, WeakPassword, WrongCredentials
from daemun.features.sessions import RefreshExpired, RefreshRefused, RefreshReplayed, UnknownToken
from daemun.features.signin.bodies import LoginBody, Message, RefreshBody, SignUpBody, TokenAnswer, UserAnswer
from daemun.features.signin.errors import SignupClosed
from daemun.features.signin.flows.login import LogIn
from daemun.features.signin.flows.logout import LogOut
from daemun.features.signin.flows.refresh import Refresh
from daemun.features.signin.flows.signup import SignUp
from daemun.plugin import APIRouter, CurrentVisit, Refusal, Secret, public, refuses
from daemun.web.hot import HotRoute

T = TypeVar("T")
OPEN = public("this is how one becomes known; attempts are counted")
MESSAGES = {"ko": "로그아웃되었습니다.", "en": "You are logged out."}


@dataclass(frozen=True, slots=True)
class Flows:
    sign_up: SignUp
    log_in: LogIn
    refresh: Refresh
    log_out: LogOut


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
        responses=refuses(HandleTaken, EmailTaken, WeakPassword, SignupClosed, TooManyAttempts),
    )
    async def signup(visit: CurrentVisit, body: SignUpBody) -> UserAnswer:
        return UserAnswer.of(await flows.sign_up(visit, body.newcomer))

    @routes.post(
        "/auth/login",
        dependencies=[OPEN],
        summary="로그인 · Log in",
        responses=refuses(WrongCredentials, AccountInactive, TooManyAttempts),
    )
    async def login(visit: CurrentVisit, body: LoginBody) -> TokenAnswer:
        return TokenAnswer.of(kept(await flows.log_in(visit, body.attempt, remember=body.remember_me)))

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
        return Message(message=MESSAGES[visit.circumstance.language])

    return routes
