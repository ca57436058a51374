"""One's own account for people: who they are, and how they prove it."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from daemun.core.errors import Flaw, Malformed
from daemun.features.people.own.account import Own, answered
from daemun.features.people.recovery.flows.asking import Recovery
from daemun.features.people.recovery.flows.verify import AskVerification
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Refusal, Visit, signed_in
from daemun.web.catalogue import LANGUAGES
from daemun.web.pages import ACCOUNT, Pages

PASSWORD: Final = "/account/password"  # noqa: S105 - an address
EMAIL: Final = "/account/email"


def router(own: Own) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=PageRoute)
    _profile(routes, own)
    _password(routes, own)
    _email(routes, own)
    return routes


def _profile(routes: APIRouter, own: Own) -> None:
    ask_verification = AskVerification(Recovery(own.desk))

    async def profile(visit: Visit, pages: Pages, form: Form, refusal: Refusal | None = None) -> Response:
        account = await own.profile.look(visit)
        filled = form.starting(name=account.name, language=account.language)
        if refusal is not None:
            return pages.again(visit, "people/account_profile.html", filled, refusal, account=account)
        return pages.render(visit, "people/account_profile.html", form=filled, account=account)

    @routes.get(ACCOUNT, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return await profile(visit, pages, Form())

    @routes.post(ACCOUNT, dependencies=[signed_in()])
    async def change(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        language = next((each for each in LANGUAGES if each == form.text("language")), None)
        was = await own.profile.look(visit)
        changed = await answered(own.profile.change(visit, name=form.text("name"), language=language))
        if isinstance(changed, Refusal):
            return await profile(visit, pages, form, changed)
        # Who changes the language of letters, means that of the pages, too.
        return pages.to(ACCOUNT if changed.language == was.language else f"{ACCOUNT}?lang={changed.language}", done="profile_changed")

    @routes.post("/account/verify", dependencies=[signed_in()])
    async def verify(visit: CurrentVisit, pages: CurrentPages) -> Response:
        sent = await answered(ask_verification(visit, None))
        return await profile(visit, pages, Form(), sent) if isinstance(sent, Refusal) else pages.to(ACCOUNT, done="verify_sent")

    @routes.get("/account/verify", dependencies=[signed_in()])
    async def back(pages: CurrentPages) -> Response:
        """A browser that reloads what came of the form, or was led to sign in first."""
        return pages.to(ACCOUNT)


def _password(routes: APIRouter, own: Own) -> None:
    page = "people/account_password.html"

    @routes.get(PASSWORD, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, page, form=Form())

    @routes.post(PASSWORD, dependencies=[signed_in()])
    async def change(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        password = form.secret("password")
        if not password.matches(form.secret("password_confirm")):
            return pages.again(visit, page, form, Malformed(Flaw("password_confirm", "passwords_differ")))
        changed = await answered(own.change_password(visit, form.secret("current_password"), password))
        if isinstance(changed, Refusal):
            return pages.again(visit, page, form, changed)
        response = pages.to(PASSWORD, done="password_changed")
        own.renew(response, changed.renewed)
        return response


def _email(routes: APIRouter, own: Own) -> None:
    page = "people/account_email.html"

    @routes.get(EMAIL, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(visit, page, form=Form(), account=await own.profile.look(visit))

    @routes.post(EMAIL, dependencies=[signed_in()])
    async def ask(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        asked = await answered(own.ask_email(visit, form.text("email"), form.secret("password")))
        if isinstance(asked, Refusal):
            return pages.again(visit, page, form, asked, account=await own.profile.look(visit))
        response = pages.to(ACCOUNT, done="email_asked")
        own.renew(response, asked.renewed)
        return response
