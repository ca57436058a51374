"""Pages by which people come in, and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import Query
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from daemun.core.errors import Flaw, Malformed, Refusal
from daemun.features.identity import EmailTaken, HandleTaken, Link, LinkOtherBrowser, LinkRefused, PasswordPolicy, WrongCredentials
from daemun.features.sessions import BrowserSession
from daemun.features.signin.bodies import FinishBody, LoginBody, SignUpBody
from daemun.features.signin.door import Door
from daemun.features.signin.errors import PasswordChangeDue, SignupClosed
from daemun.features.signin.flows.login import Given
from daemun.features.signin.flows.signup import Pending
from daemun.features.signin.routes import OPEN, Flows
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Secret, Visit, signed_in
from daemun.web.bodies import flaws_of
from daemun.web.pages import ACCOUNT, REAUTHENTICATE, SIGN_IN, Pages
from daemun.web.problems import limits_of
from daemun.web.returning import local

Next = Annotated[str, Query(max_length=1024)]
Token = Annotated[str, Query(max_length=200)]
SIGN_UP: Final = "/signup"
FINISH: Final = "/signup/finish"
SIGN_OUT: Final = "/signout"
WAKE: Final = "/signin/wake"
B = TypeVar("B", bound=BaseModel)


def router(flows: Flows, *, docs: bool) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=PageRoute)
    _signing_in(routes, flows, docs=docs)
    _signing_up(routes, flows)
    _signing_out(routes, flows)
    _reauthenticating(routes, flows)
    _waking(routes, flows)
    return routes


def _signing_in(routes: APIRouter, flows: Flows, *, docs: bool) -> None:
    more = {"docs": docs, "joins": flows.door.identity.rules.signup != "invite"}

    @routes.get(SIGN_IN, dependencies=[OPEN])
    async def signin(visit: CurrentVisit, pages: CurrentPages, next: Next = "") -> Response:  # noqa: A002 - the field's name
        if visit.actor.is_known:
            return pages.back(next)
        return pages.render(visit, "signin/signin.html", form=Form().starting(next=local(next, "")), **more)

    @routes.post(SIGN_IN, dependencies=[OPEN])
    async def sign_in(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        try:
            body = LoginBody.model_validate(
                {"user_id": form.text("user_id"), "password": form.text("password"), "remember_me": form.ticked("remember")}
            )
        except ValidationError:  # too long to be anybody's
            return pages.again(visit, "signin/signin.html", form, WrongCredentials(), **more)
        answer = await flows.log_in.with_a_browser(visit, body.attempt, remember=body.remember_me)
        if isinstance(answer, PasswordChangeDue):
            return pages.to(f"/reset?t={answer.token.reveal()}")
        if isinstance(answer, Refusal):
            return pages.again(visit, "signin/signin.html", form, answer, **more)
        response = pages.back(form.text("next"))
        response.headers.update(limits_of(flows.door.identity.allowances()))
        return _given(flows.door, response, answer)


def _signing_up(routes: APIRouter, flows: Flows) -> None:
    door = flows.door
    rules: dict[str, Any] = {"least": door.identity.policy.min_length, "kinds": kinds_of(door.identity.policy)}

    def signup_page(pages: Pages, visit: Visit, form: Form, refusal: Refusal | None = None) -> Response:
        if refusal is not None:
            return pages.again(visit, "signin/signup.html", form, refusal, **rules)
        return pages.render(visit, "signin/signup.html", form=form, **rules)

    @routes.get(SIGN_UP, dependencies=[OPEN])
    async def signup(visit: CurrentVisit, pages: CurrentPages) -> Response:
        if visit.actor.is_known:
            return pages.to(ACCOUNT)
        if door.identity.rules.signup == "invite":
            raise SignupClosed
        return signup_page(pages, visit, Form())

    @routes.post(SIGN_UP, dependencies=[OPEN])
    async def sign_up(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        try:
            answer = await flows.sign_up(visit, _typed(form).newcomer)
        except SignupClosed:
            raise
        except HandleTaken as taken:
            return signup_page(pages, visit, form, _at("user_id", taken))
        except EmailTaken as taken:
            return signup_page(pages, visit, form, _at("email", taken))
        except Refusal as refusal:
            return signup_page(pages, visit, form, refusal)
        return pages.to(FINISH, done="signup_letter") if isinstance(answer, Pending) else pages.to(SIGN_IN, done="signed_up")

    @routes.get(FINISH, dependencies=[OPEN])
    async def finishing(visit: CurrentVisit, pages: CurrentPages, t: Token = "") -> Response:
        link = await flows.finish.look(visit, Secret(t)) if t else None
        if t and link is None:
            raise LinkRefused
        form = Form().starting(token=t, user_id=link.data["handle"]) if link else Form()
        return pages.render(visit, "signin/finish.html", form=form, way=_way(link), **rules)

    @routes.post(FINISH, dependencies=[OPEN])
    async def finish(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        token = form.text("token")
        link = await flows.finish.look(visit, Secret(token)) if token else None
        if token and link is None:
            raise LinkRefused
        try:
            body = _parsed(FinishBody, {name: form.text(name) or None for name in FinishBody.model_fields})
            answer = await flows.finish(visit, body.finishing)
        except HandleTaken as taken:
            answer = _at("user_id", taken)
        except Refusal as refusal:
            answer = refusal
        if isinstance(answer, LinkOtherBrowser):  # the code is typed in the other one: a form that is sent again would be refused again
            raise answer
        if isinstance(answer, Refusal):
            return pages.again(visit, "signin/finish.html", form, answer, way=_way(link), **rules)
        return pages.to(SIGN_IN, done="signup_finished")


def _way(link: Link | None) -> Literal["code", "link", "password"]:
    """By what a sign-up is finished: where no browser asked, by a password that is chosen now."""
    return "code" if link is None else "link" if link.is_bound else "password"


def _signing_out(routes: APIRouter, flows: Flows) -> None:
    @routes.get(SIGN_OUT, dependencies=[OPEN])
    async def signout(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, "signin/signout.html") if visit.actor.is_known else pages.to(SIGN_IN)

    @routes.post(SIGN_OUT, dependencies=[OPEN])
    async def sign_out(visit: CurrentVisit, pages: CurrentPages) -> Response:
        await flows.log_out.of_a_browser(visit)
        response = pages.to(SIGN_IN, done="signed_out")
        flows.door.jar.clear(response, "session")
        return response


def _reauthenticating(routes: APIRouter, flows: Flows) -> None:
    @routes.get(REAUTHENTICATE, dependencies=[signed_in()])
    async def asking(visit: CurrentVisit, pages: CurrentPages, next: Next = "") -> Response:  # noqa: A002 - the field's name
        return pages.render(visit, "signin/reauthenticate.html", form=Form().starting(next=local(next, "")))

    @routes.post(REAUTHENTICATE, dependencies=[signed_in()])
    async def asked(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        answer = await flows.reauthenticate(visit, form.secret("password"))
        if isinstance(answer, Refusal):
            return pages.again(visit, "signin/reauthenticate.html", form, answer)
        response = pages.back(form.text("next"))
        if isinstance(answer, BrowserSession):
            flows.door.jar.set(response, "session", answer.cookie.reveal(), answer.max_age)
        return response


def _waking(routes: APIRouter, flows: Flows) -> None:
    @routes.get(WAKE, dependencies=[OPEN])
    async def waking(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, "signin/wake.html", form=Form())

    @routes.post(WAKE, dependencies=[OPEN])
    async def wake(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        answer = await flows.wake(visit, form.secret("code"))
        if isinstance(answer, Refusal):
            return pages.again(visit, "signin/wake.html", form, _at("code", answer))
        return pages.to(SIGN_IN, done="woken_by_code")


def _given(door: Door, response: Response, given: Given) -> Response:
    door.jar.set(response, "session", given.session.cookie.reveal(), given.session.max_age)
    door.jar.set(response, "device", given.device.cookie.reveal(), given.device.max_age)
    return response


def _typed(form: Form) -> SignUpBody:
    """A browser says nothing of a box that is not ticked, and is no judge of what is missing."""
    typed = {name: form.text(name) for name in ("user_id", "email", "name", "password", "password_confirm")}
    return _parsed(SignUpBody, typed | {"agree": form.ticked("agree")})


def _parsed(body: type[B], typed: dict[str, Any]) -> B:
    """Raises `Malformed`, with every flaw where its field is."""
    try:
        return body.model_validate(typed)
    except ValidationError as error:
        raise Malformed(*(_placed(each) for each in flaws_of(error.errors(include_url=False, include_input=False)))) from None


def _placed(flaw: Flaw) -> Flaw:
    """What is wrong between two fields is shown at the second."""
    where = {"passwords_differ": "password_confirm", "signup_token_or_code": "code"}.get(flaw.code, flaw.where)
    return replace(flaw, where=where)


def _at(where: str, refusal: Refusal) -> Refusal:
    """The refusal with the way to its field."""
    refusal.flaws = (Flaw(where, refusal.code),)
    return refusal


def kinds_of(policy: PasswordPolicy) -> list[str]:
    """Of which characters a password must have one. Said before anybody types it (NIST SP 800-63B-4 3.1.1.2)."""
    asked = {"upper": policy.upper, "lower": policy.lower, "digit": policy.digit, "special": policy.special}
    return [name for name, is_asked in asked.items() if is_asked]
