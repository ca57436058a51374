"""The ways back in, for programs."""

from __future__ import annotations

from starlette.responses import Response

from daemun.features.identity import CodeWrong, EmailTaken, LinkOtherBrowser, LinkRefused, TooManyAttempts, WeakPassword
from daemun.features.people.desk import Desk
from daemun.features.people.errors import AlreadyVerified
from daemun.features.people.recovery.bodies import ForgotBody, ResetBody, RestoreBody, SendBody, Standing, TokenBody, Told, VerifyBody
from daemun.features.people.recovery.ways import RESTORED, WaysBack, kept, takes_along
from daemun.plugin import APIRouter, CurrentPages, CurrentVisit, Secret, Visit, public, refuses
from daemun.web.pages import Pages

ASKING = public("whoever cannot come in asks here; letters are counted, and every name is answered alike")
BY_LINK = public("the link in a letter says who it is")


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(tags=["recovery"])
    for add in (_verification, _passwords, _accounts, _addresses):
        add(routes, WaysBack.of(desk))
    return routes


def told(pages: Pages, visit: Visit, code: str) -> Told:
    """The same sentence as on the page."""
    return Told(message=pages.catalogue.say(visit.circumstance.language, f"done_{code}"))


def _verification(routes: APIRouter, ways: WaysBack) -> None:
    @routes.post(
        "/auth/verify/send",
        status_code=202,
        dependencies=[ASKING],
        summary="이메일 확인 편지 받기 · Ask for the letter that verifies the address",
        responses=refuses(AlreadyVerified, TooManyAttempts),
    )
    async def send(visit: CurrentVisit, pages: CurrentPages, body: SendBody) -> Told:
        await ways.ask_verification(visit, body.email)
        return told(pages, visit, "verify_asked")

    @routes.post(
        "/auth/verify",
        dependencies=[BY_LINK],
        summary="이메일 확인 · Verify the address",
        responses=refuses(LinkRefused, LinkOtherBrowser, CodeWrong),
    )
    async def verify(visit: CurrentVisit, pages: CurrentPages, body: VerifyBody) -> Told:
        by_code = body.code is not None
        kept(await (ways.verify.by_code(visit, Secret(body.code or "")) if by_code else ways.verify(visit, Secret(body.token or ""))))
        return told(pages, visit, "verified")


def _passwords(routes: APIRouter, ways: WaysBack) -> None:
    @routes.post(
        "/auth/password/forgot",
        status_code=202,
        dependencies=[ASKING],
        summary="비밀번호를 잊었을 때 · A password is forgotten",
        responses=refuses(TooManyAttempts),
    )
    async def forgot(visit: CurrentVisit, pages: CurrentPages, body: ForgotBody) -> Told:
        await ways.forgot(visit, body.login)
        return told(pages, visit, "reset_asked")

    @routes.post(
        "/auth/password/reset",
        dependencies=[BY_LINK],
        summary="새 비밀번호 정하기 · Set a new password",
        responses=refuses(LinkRefused, WeakPassword),
    )
    async def reset(visit: CurrentVisit, pages: CurrentPages, body: ResetBody, response: Response) -> Told:
        back = kept(await ways.reset(visit, Secret(body.token), Secret(body.password)))
        takes_along(ways.reset.desk.jar, response, back)
        return told(pages, visit, "password_reset" if back.account.status == "NORMAL" else "password_reset_asleep")


def _accounts(routes: APIRouter, ways: WaysBack) -> None:
    @routes.post("/auth/unlock", dependencies=[BY_LINK], summary="계정 잠금 풀기 · Open a locked account", responses=refuses(LinkRefused))
    async def unlock(visit: CurrentVisit, pages: CurrentPages, body: TokenBody, response: Response) -> Told:
        takes_along(ways.unlock.desk.jar, response, kept(await ways.unlock(visit, body.secret)))
        return told(pages, visit, "unlocked")

    @routes.post(
        "/user/restore",
        response_model=Standing | Told,
        dependencies=[ASKING],
        summary="탈퇴·휴면 계정 되살리기 · Bring back a deleted or sleeping account",
        responses={202: {"model": Told, "description": "Accepted"}, **refuses(LinkRefused, TooManyAttempts)},
    )
    async def restore(visit: CurrentVisit, pages: CurrentPages, body: RestoreBody, response: Response) -> Standing | Told:
        if body.token is None:
            await ways.ask_back(visit, body.email or "")
            response.status_code = 202
            return told(pages, visit, "restore_asked")
        account = kept(await ways.come_back(visit, Secret(body.token)))
        return Standing(message=told(pages, visit, RESTORED[account.status]).message, status=account.status)


def _addresses(routes: APIRouter, ways: WaysBack) -> None:
    @routes.post(
        "/auth/email/confirm",
        dependencies=[BY_LINK],
        summary="새 이메일 주소 확인 · Confirm the new address",
        responses=refuses(LinkRefused, EmailTaken),
    )
    async def confirm(visit: CurrentVisit, pages: CurrentPages, body: TokenBody) -> Told:
        kept(await ways.confirm_email(visit, body.secret))
        return told(pages, visit, "email_changed")

    @routes.post(
        "/auth/email/undo",
        dependencies=[BY_LINK],
        summary="이메일 변경 되돌리기 · Take a change of address back",
        responses=refuses(LinkRefused, EmailTaken),
    )
    async def undo(visit: CurrentVisit, pages: CurrentPages, body: TokenBody) -> Told:
        kept(await ways.undo_email(visit, body.secret))
        return told(pages, visit, "email_undone")
