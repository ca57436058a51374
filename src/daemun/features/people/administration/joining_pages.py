"""The pages of those who were asked in, and of the very first."""

from __future__ import annotations

import re
from typing import Any, Final

from starlette.responses import Response

from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.features.identity import HANDLE, EmailTaken, HandleTaken, LinkRefused, Newcomer, WeakPassword
from daemun.features.people.administration.flows.accept_invitation import Acceptance, AcceptInvitation, Invitation
from daemun.features.people.administration.flows.set_up import SetUp
from daemun.features.people.administration.invitation_routes import BY_LETTER, BY_TERMINAL
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.ways import Token
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Secret, Visit
from daemun.web.pages import SIGN_IN, Pages

SHOWN_AGAIN: Final = (WeakPassword, Malformed, HandleTaken, EmailTaken)
"""What is put right in the form."""


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(route_class=PageRoute, include_in_schema=False)
    _invited(routes, AcceptInvitation(desk))
    _first(routes, SetUp(desk))
    return routes


def _invited(routes: APIRouter, accept: AcceptInvitation) -> None:
    @routes.api_route("/invitation", methods=["GET", "HEAD"], dependencies=[BY_LETTER])
    async def opened(visit: CurrentVisit, pages: CurrentPages, t: Token = "") -> Response:
        try:
            seen = await visit.read(accept.look, Secret(t))
        except LinkRefused:
            return over(visit, pages, "invitation")
        return pages.render(visit, "people/invitation.html", form=Form().starting(name=seen.name), **_of(seen, t))

    @routes.post("/invitation", dependencies=[BY_LETTER])
    async def accepted(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        token = form.text("token")
        try:
            seen = await visit.read(accept.look, Secret(token))
        except LinkRefused:
            return over(visit, pages, "invitation")
        try:
            _check(form, None if seen.account else HANDLE)
            await accept(visit, Secret(token), Acceptance(form.text("handle"), form.text("name"), form.secret("password")))
        except LinkRefused:
            return over(visit, pages, "invitation")
        except SHOWN_AGAIN as refusal:
            return pages.again(visit, "people/invitation.html", form, placed(refusal), **_of(seen, token))
        return pages.to(SIGN_IN, done="invitation")


def _first(routes: APIRouter, set_up: SetUp) -> None:
    @routes.api_route("/setup", methods=["GET", "HEAD"], dependencies=[BY_TERMINAL])
    async def opened(visit: CurrentVisit, pages: CurrentPages, t: Token = "") -> Response:
        try:
            await visit.read(set_up.look, Secret(t))
        except LinkRefused:
            return over(visit, pages, "setup")
        return pages.render(visit, "people/setup.html", form=Form(), token=t)

    @routes.post("/setup", dependencies=[BY_TERMINAL])
    async def made(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        token = form.text("token")
        try:
            await visit.read(set_up.look, Secret(token))
            _check(form, None)
            await set_up(
                visit, Secret(token), Newcomer(form.text("handle"), form.text("email"), form.text("name"), form.secret("password"))
            )
        except LinkRefused:
            return over(visit, pages, "setup")
        except SHOWN_AGAIN as refusal:
            return pages.again(visit, "people/setup.html", form, placed(refusal), token=token)
        return pages.to(SIGN_IN, done="setup")


def over(visit: Visit, pages: Pages, page: str) -> Response:
    return pages.render(visit, "people/over.html", 400, page=page, way=SIGN_IN)


def placed(refusal: Refusal) -> Refusal:
    """Beside the field it concerns: people see a form, and what is wrong with it stands there."""
    if isinstance(refusal, HandleTaken | EmailTaken):
        return type(refusal)(Flaw("handle" if isinstance(refusal, HandleTaken) else "email", refusal.code))
    return type(refusal)(*(Flaw("handle" if each.where == "user_id" else each.where, each.code, each.data) for each in refusal.flaws))


def _check(form: Form, handle: str | None) -> None:
    flaws = []
    if handle is not None and not re.fullmatch(handle, form.text("handle")):
        flaws.append(Flaw("handle", "handle_own_form"))
    if not form.secret("password").matches(form.secret("password_confirm")):
        flaws.append(Flaw("password_confirm", "passwords_differ"))
    if flaws:
        raise Malformed(*flaws)


def _of(seen: Invitation, token: str) -> dict[str, Any]:
    return {"token": token, "email": seen.email, "handle": seen.account.handle if seen.account else ""}
