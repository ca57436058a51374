"""What the links in letters open: a page with one button, which says what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from daemun.features.identity import Link, Purpose
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.flows.readdress import Undone
from daemun.features.people.recovery.pages import BY_LINK
from daemun.features.people.recovery.ways import Token, WaysBack, over, takes_along
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, PageRoute, Refusal, Secret, Visit
from daemun.web.cookies import Jar
from daemun.web.pages import ACCOUNT, SIGN_IN, Pages

UNLOCKED: Final = "unlocked"
Ending = Callable[[Visit, Pages, Secret], Awaitable[Response | Refusal]]


@dataclass(frozen=True, slots=True)
class ByLink:
    path: str
    page: str
    purpose: Purpose
    done: Ending


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(route_class=PageRoute, include_in_schema=False)
    ways = WaysBack.of(desk)
    _add(routes, desk, ByLink("/unlock", "unlock", "unlock", _unlocked(ways, desk.jar)))
    _add(routes, desk, ByLink("/email/confirm", "confirm", "change_email", _confirmed(ways)))
    _add(routes, desk, ByLink("/email/undo", "undo", "undo_email", _undone(ways)))
    return routes


def _add(routes: APIRouter, desk: Desk, each: ByLink) -> None:
    @routes.api_route(each.path, methods=["GET", "HEAD"], dependencies=[BY_LINK])
    async def opened(visit: CurrentVisit, pages: CurrentPages, t: Token = "", done: str = "") -> Response:
        """Uses nothing up: programs that look for danger in letters open every link."""
        if done == UNLOCKED and each.page == "unlock":
            return pages.render(visit, "people/unlocked.html")
        link: Link | None = await visit.read(desk.identity.links.look, each.purpose, Secret(t))
        if link is None:
            return over(visit, pages, each.page)
        return pages.render(visit, "people/link.html", page=each.page, action=each.path, token=t, handle="", email=link.email)

    @routes.post(each.path, dependencies=[BY_LINK])
    async def pressed(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        answer = await each.done(visit, pages, form.secret("token"))
        return over(visit, pages, each.page, answer) if isinstance(answer, Refusal) else answer


def _unlocked(ways: WaysBack, jar: Jar) -> Ending:
    async def done(visit: Visit, pages: Pages, token: Secret) -> Response | Refusal:
        answer = await ways.unlock(visit, token)
        if isinstance(answer, Refusal):
            return answer
        response = pages.to("/unlock", done=UNLOCKED)
        takes_along(jar, response, answer)
        return response

    return done


def _confirmed(ways: WaysBack) -> Ending:
    async def done(visit: Visit, pages: Pages, token: Secret) -> Response | Refusal:
        answer = await ways.confirm_email(visit, token)
        return answer if isinstance(answer, Refusal) else pages.to(ACCOUNT if visit.actor.is_known else SIGN_IN, done="email_changed")

    return done


def _undone(ways: WaysBack) -> Ending:
    """On to a new password at once; where the account has to be brought back first, there."""

    async def done(visit: Visit, pages: Pages, token: Secret) -> Response | Refusal:
        answer = await ways.undo_email(visit, token)
        return pages.to(_next(answer), done="email_undone") if isinstance(answer, Undone) else answer

    return done


def _next(undone: Undone) -> str:
    if undone.reset is not None:
        return f"/reset?t={undone.reset.reveal()}"
    return "/restore" if undone.account.status == "DELETED" else SIGN_IN
