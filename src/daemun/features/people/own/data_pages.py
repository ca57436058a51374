"""One's own account for people: taking one's data along, and leaving."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from daemun.core.canonical import handle_key
from daemun.core.errors import Flaw, Malformed
from daemun.features.people.desk import SUDO
from daemun.features.people.own.account import Own, answered, file
from daemun.features.people.own.session_pages import is_fresh
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Refusal, signed_in
from daemun.web.pages import SIGN_IN

EXPORT: Final = "/account/export"
LEAVE: Final = "/account/delete"


def router(own: Own) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=PageRoute)
    _export(routes, own)
    _leaving(routes, own)
    return routes


def _export(routes: APIRouter, own: Own) -> None:
    @routes.get(EXPORT, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, "people/account_export.html", fresh=is_fresh(visit))

    @routes.get(EXPORT + "/file", dependencies=[signed_in(max_age=SUDO)])
    async def take(visit: CurrentVisit) -> Response:
        return file(await own.export(visit))


def _leaving(routes: APIRouter, own: Own) -> None:
    page, days = "people/account_delete.html", own.desk.identity.rules.erase_after.days

    @routes.get(LEAVE, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, page, form=Form(), handle=visit.actor.handle, days=days)

    @routes.post(LEAVE, dependencies=[signed_in()])
    async def leave(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        if handle_key(form.text("handle")) != handle_key(visit.actor.handle or ""):
            mistyped = Malformed(Flaw("handle", "handle_mistyped"))
            return pages.again(visit, page, form, mistyped, handle=visit.actor.handle, days=days)
        left = await answered(own.leave(visit, form.secret("password")))
        if isinstance(left, Refusal):
            return pages.again(visit, page, form, left, handle=visit.actor.handle, days=days)
        response = pages.to(SIGN_IN, done="account_deleted")
        own.desk.jar.clear(response, "session")
        return response
