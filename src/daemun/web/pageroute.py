"""A route that answers people: refusals become pages, and nothing is changed that a page of ours did not ask for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import Scope

from daemun.core.errors import Malformed, Missing, Refusal, TooLarge
from daemun.web import forms
from daemun.web.bodies import flaws_of
from daemun.web.csrf import SAFE, CsrfDue
from daemun.web.pages import Pages, is_for_a_person
from daemun.web.problems import Problems, language_and_id
from daemun.web.visit import SCOPE_KEY, visit_of

PAGES_KEY: Final = "daemun.pages"
SEEN_KEY: Final = "daemun.seen"
"""The path that was asked for, as the person who asked sees it."""


def pages_of(connection: HTTPConnection) -> Pages:
    pages = connection.scope.get(PAGES_KEY)
    if not isinstance(pages, Pages):
        raise TypeError("this request did not come through the gate")
    return pages


async def _dependency(connection: HTTPConnection) -> Pages:
    return pages_of(connection)


CurrentPages = Annotated[Pages, Depends(_dependency)]


class PageRoute(APIRoute):
    """For `APIRouter(route_class=PageRoute)`. Where something is sent it is a form with the field `csrf`, or it is refused."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                if request.method not in SAFE:
                    await _read(request)
                return await plain(request)
            except (Refusal, RequestValidationError, HTTPException) as error:
                return pages_of(request).refuse(visit_of(request), _refusal_of(error), request.scope[SEEN_KEY])

        return handle


def refused(scope: Scope, problems: Problems, refusal: Refusal) -> Response:
    """A page for people, a problem for programs."""
    connection = HTTPConnection(scope)
    if is_for_a_person(connection.headers):
        return pages_of(connection).refuse(visit_of(connection), refusal, scope[SEEN_KEY])
    return problems.answer(refusal, *language_and_id(connection))


def trouble(scope: Scope, problems: Problems, status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    """What is nobody's refusal: a page for people, a problem for programs."""
    connection = HTTPConnection(scope)
    if is_for_a_person(connection.headers):
        return pages_of(connection).trouble(visit_of(connection), status, code)
    language, request_id = language_and_id(connection)
    return problems.write(status, code, language, request_id, headers=headers)


async def _read(request: Request) -> None:
    """Keeps the form for `form_of`, and marks the visit as proven."""
    visit, form = visit_of(request), await forms.parsed(request)
    proves = pages_of(request).csrf.proves
    if not visit.browser.proven and not proves(visit.browser, forms.given_token(form), request.headers, request.scope["scheme"]):
        raise CsrfDue
    request.scope[SCOPE_KEY] = replace(visit, browser=replace(visit.browser, proven=True))
    request.scope[forms.SCOPE_KEY] = form


def _refusal_of(error: Refusal | RequestValidationError | HTTPException) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestValidationError):
        return Malformed(*flaws_of(error.errors()))
    return {404: Missing, 413: TooLarge}.get(error.status_code, Malformed)()
