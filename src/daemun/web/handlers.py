"""What raised inside a route becomes an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi.exceptions import RequestValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from daemun.core.errors import Malformed, Refusal
from daemun.web.bodies import flaws_of
from daemun.web.pageroute import trouble
from daemun.web.problems import Problems, language_and_id

CODES = {400: "bad_request", 401: "unauthenticated", 403: "denied", 404: "missing", 405: "method_not_allowed", 413: "too_large"}
Handler = Callable[[Request, Exception], Awaitable[Response]]


def handle(app: Starlette, problems: Problems) -> None:
    """Refusals, malformed input and the framework's own errors are all told as problems."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for this type alone
        return problems.answer(error, *language_and_id(request))

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type alone
        return problems.answer(Malformed(*flaws_of(error.errors())), *language_and_id(request))

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type alone
        return trouble(request.scope, problems, error.status_code, CODES.get(error.status_code, "bad_request"), error.headers)

    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, framework)
