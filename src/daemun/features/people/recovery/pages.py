"""The ways back in, for people: asking for a letter, and choosing a new password."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from daemun.core.errors import Flaw, Malformed
from daemun.features.identity import CodeWrong, LinkOtherBrowser, LinkRefused, WeakPassword
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.ways import RESTORED, Token, WaysBack, over, takes_along
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Refusal, Secret, Visit, public
from daemun.web.cookies import Jar
from daemun.web.pages import SIGN_IN, Pages

ASKING: Final = public("whoever cannot come in asks here; letters are counted, and every name is answered alike")
BY_LINK: Final = public("the link in a letter says who it is")


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(route_class=PageRoute, include_in_schema=False)
    ways = WaysBack.of(desk)
    _forgotten(routes, ways)
    _reset(routes, ways, desk.jar)
    _restored(routes, ways, desk.identity.rules.erase_after.days)
    _verified(routes, ways)
    return routes


def _forgotten(routes: APIRouter, ways: WaysBack) -> None:
    @routes.get("/forgot", dependencies=[ASKING])
    async def asking(visit: CurrentVisit, pages: CurrentPages, done: str = "") -> Response:
        return pages.render(visit, "people/ask.html", page="forgot", form=Form(), sent=bool(done), days=0)

    @routes.post("/forgot", dependencies=[ASKING])
    async def asked(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        await ways.forgot(visit, form.text("login"))
        return pages.to("/forgot", done="reset_asked")


def _reset(routes: APIRouter, ways: WaysBack, jar: Jar) -> None:
    @routes.api_route("/reset", methods=["GET", "HEAD"], dependencies=[BY_LINK])
    async def opened(visit: CurrentVisit, pages: CurrentPages, t: Token = "") -> Response:
        return await _choosing(visit, pages, ways, t, Form())

    @routes.post("/reset", dependencies=[BY_LINK])
    async def chosen(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        token, password = form.text("token"), form.secret("password")
        if not password.matches(form.secret("password_confirm")):
            return await _choosing(visit, pages, ways, token, form.refused(Malformed(Flaw("password_confirm", "passwords_differ"))))
        try:
            back = await ways.reset(visit, Secret(token), password)
        except WeakPassword as weak:
            return await _choosing(visit, pages, ways, token, form.refused(weak))
        if isinstance(back, Refusal):
            return over(visit, pages, "reset", back)
        asleep = back.account.status != "NORMAL"
        response = pages.to("/restore" if asleep else SIGN_IN, done="password_reset_asleep" if asleep else "password_reset")
        takes_along(jar, response, back)
        return response


async def _choosing(visit: Visit, pages: Pages, ways: WaysBack, token: str, form: Form) -> Response:
    """The link stays good as long as no password was good enough."""
    account = await visit.read(ways.reset.owner, Secret(token))
    if account is None:
        return over(visit, pages, "reset")
    if form.refusal is None:
        return pages.render(visit, "people/reset.html", form=form, token=token, handle=account.handle)
    return pages.again(visit, "people/reset.html", form, form.refusal, token=token, handle=account.handle)


def _restored(routes: APIRouter, ways: WaysBack, days: int) -> None:
    async def opened(visit: CurrentVisit, pages: CurrentPages, t: Token = "", done: str = "") -> Response:
        if not t:
            # Whoever set a new password for a sleeping account comes here to ask, and has not asked yet.
            return pages.render(visit, "people/ask.html", page="restore", form=Form(), sent=done == "restore_asked", days=days)
        account = await visit.read(ways.come_back.owner, Secret(t))
        if account is None:
            return over(visit, pages, "restore")
        return pages.render(visit, "people/link.html", page="come_back", action="/restore", token=t, handle=account.handle, email="")

    for path in ("/restore", "/wake"):
        routes.add_api_route(path, opened, methods=["GET", "HEAD"], dependencies=[BY_LINK])

    @routes.post("/restore", dependencies=[BY_LINK])
    async def restore(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        if not form.text("token"):
            await ways.ask_back(visit, form.text("login"))
            return pages.to("/restore", done="restore_asked")
        account = await ways.come_back(visit, form.secret("token"))
        if isinstance(account, Refusal):
            return over(visit, pages, "restore", account)
        return pages.to(SIGN_IN, done=RESTORED[account.status])


def _verified(routes: APIRouter, ways: WaysBack) -> None:
    def typing(visit: Visit, pages: Pages, form: Form | None = None, *, elsewhere: bool = False, verified: bool = False) -> Response:
        more = {"elsewhere": elsewhere, "verified": verified}
        if form is None or form.refusal is None:
            return pages.render(visit, "people/verify.html", form=form or Form(), **more)
        return pages.again(visit, "people/verify.html", form, form.refusal, **more)

    @routes.api_route("/verify", methods=["GET", "HEAD"], dependencies=[BY_LINK])
    async def opened(visit: CurrentVisit, pages: CurrentPages, t: Token = "", done: str = "") -> Response:
        if not t:
            return typing(visit, pages, verified=done == "verified")
        if await visit.read(ways.verify.desk.identity.links.look, "verify", Secret(t)) is None:
            return over(visit, pages, "verify")
        return pages.render(visit, "people/link.html", page="verify", action="/verify", token=t, handle="", email="")

    @routes.post("/verify", dependencies=[BY_LINK])
    async def verify(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        by_link = form.text("token")
        answer = await (ways.verify(visit, Secret(by_link)) if by_link else ways.verify.by_code(visit, form.secret("code")))
        match answer:
            case LinkOtherBrowser():
                return typing(visit, pages, form.refused(answer), elsewhere=True)
            case CodeWrong():
                return typing(visit, pages, form.refused(CodeWrong(Flaw("code", "code_wrong"))))
            case LinkRefused() if not by_link:
                return typing(visit, pages, form.refused(answer))
            case Refusal():
                return over(visit, pages, "verify", answer)
        return pages.to("/verify", done="verified")

    @routes.post("/verify/send", dependencies=[ASKING])
    async def send(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        await ways.ask_verification(visit, form.text("login") if "login" in form.fields else None)
        return pages.to("/verify", done="verify_asked")
