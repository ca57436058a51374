"""One's own account for people: where they are signed in, and when they came."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from daemun.core.errors import Missing
from daemun.features.people.desk import SUDO
from daemun.features.people.own.account import Own, answered
from daemun.features.people.own.routes import After, SessionId
from daemun.features.people.own.words import Words
from daemun.plugin import APIRouter, CurrentForm, CurrentPages, CurrentVisit, Form, PageRoute, Refusal, Visit, signed_in

SESSIONS: Final = "/account/sessions"
HISTORY: Final = "/account/history"
SHOWN: Final = 25


def is_fresh(visit: Visit) -> bool:
    """Whether what asks for a fresh authentication would be let through."""
    ago = visit.actor.authenticated_ago
    return ago is not None and ago <= SUDO


def router(own: Own) -> APIRouter:
    routes = APIRouter(include_in_schema=False, route_class=PageRoute)
    _sessions(routes, own)
    _naming(routes, own)
    _history(routes, own)
    return routes


def _sessions(routes: APIRouter, own: Own) -> None:
    @routes.get(SESSIONS, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages) -> Response:
        return pages.render(
            visit,
            "people/account_sessions.html",
            sessions=await own.sessions.look(visit),
            devices=await own.sessions.look_at_devices(visit),
            words=Words.of(pages, visit),
            fresh=is_fresh(visit),
        )

    @routes.post(SESSIONS, dependencies=[signed_in(max_age=SUDO)])
    async def end(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm) -> Response:
        """One address for all of it: who has to confirm first, comes back to the list."""
        if device := form.text("device"):
            await own.sessions.forget(visit, device)
            return pages.to(SESSIONS, done="device_forgotten")
        if session := form.text("session"):
            await own.sessions.end(visit, session)
            return pages.to(SESSIONS, done="session_ended")
        if not form.ticked("others"):
            raise Missing
        await own.sessions.end_others(visit)
        return pages.to(SESSIONS, done="others_ended")


def _naming(routes: APIRouter, own: Own) -> None:
    page = "people/account_session.html"

    @routes.get(SESSIONS + "/{session_id}", dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages, session_id: SessionId) -> Response:
        shown = await own.sessions.find(visit, session_id)
        form = Form().starting(name=shown.session.name or "")
        return pages.render(visit, page, form=form, shown=shown, words=Words.of(pages, visit))

    @routes.post(SESSIONS + "/{session_id}", dependencies=[signed_in()])
    async def name(visit: CurrentVisit, pages: CurrentPages, form: CurrentForm, session_id: SessionId) -> Response:
        shown = await own.sessions.find(visit, session_id)
        named = await answered(own.sessions.rename(visit, session_id, form.text("name")))
        if isinstance(named, Refusal):
            return pages.again(visit, page, form, named, shown=shown, words=Words.of(pages, visit))
        return pages.to(SESSIONS, done="session_named")


def _history(routes: APIRouter, own: Own) -> None:
    @routes.get(HISTORY, dependencies=[signed_in()])
    async def look(visit: CurrentVisit, pages: CurrentPages, after: After = None) -> Response:
        found = await own.logins(visit, after, SHOWN)
        return pages.render(visit, "people/account_history.html", found=found, words=Words.of(pages, visit), first=after is None)
