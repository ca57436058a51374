"""The application we are installed in: what it has, and what of it would not work beside us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.websockets import WebSocket

from daemun.app.inside import DOCS, DOCUMENT
from daemun.core.errors import Refusal
from daemun.web.entrance import Paths
from daemun.web.gate import POLICY_VIOLATION
from daemun.web.pageroute import refused
from daemun.web.problems import Problems
from daemun.web.requires import Requires, guard_of

PARAMETER: Final = re.compile(r"\{[^}]*\}")


def documents_of(app: Starlette) -> frozenset[str]:
    """The application's own documentation, where it is where ours would be."""
    return frozenset(path for path, _ in _routes(app.routes) if path in (DOCS, DOCUMENT))


def look_over(app: Starlette, paths: Paths, prefix: str, permissions: Iterable[str]) -> None:
    """Stops the start where a route could never be called, or where nobody could ever be let in."""
    wrong = [*_hidden(app, paths, prefix), *_unknown(app, frozenset(permissions)), *_gates_within(app)]
    if wrong:
        raise LookupError("; ".join(wrong))


def hear_refusals(app: Starlette, problems: Problems) -> None:
    """In applications mounted in it, whose own last handler stands between their routes and us."""

    async def answer(connection: HTTPConnection, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - registered for this type alone
        if isinstance(connection, WebSocket):
            await connection.close(POLICY_VIOLATION)
        return refused(connection.scope, problems, error)

    for mounted in _mounted(app.routes):
        if Refusal not in mounted.exception_handlers:
            mounted.add_exception_handler(Refusal, answer)


def _hidden(app: Starlette, paths: Paths, prefix: str) -> Iterator[str]:
    for path, _ in _routes(app.routes):
        if path == prefix != "" or (prefix and path.startswith(f"{prefix}/")):
            yield f"{path} of the application lies under {prefix}, where Daemun answers: choose another DAEMUN_PREFIX"
        elif not prefix and paths.cover(PARAMETER.sub("0", path)):
            yield f"{path} of the application is a path of Daemun's, too: give Daemun a DAEMUN_PREFIX, such as /gate"


def _unknown(app: Starlette, permissions: frozenset[str]) -> Iterator[str]:
    for path, route in _routes(app.routes):
        guard = guard_of(route) if isinstance(route, APIRoute) else None
        if isinstance(guard, Requires) and guard.permission is not None and guard.permission not in permissions:
            yield f"{path} requires {guard.permission}, which no tool declares: nobody could hold it"


def _gates_within(app: Starlette) -> Iterator[str]:
    if any(hasattr(mounted.state, "daemun") for mounted in _mounted(app.routes)):
        yield "a mounted application has a Daemun of its own: the outer one is enough for both"


def _routes(routes: Iterable[BaseRoute], before: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Every route with its whole path; what is mounted lies under its mount."""
    for context in iter_route_contexts(tuple(routes)):
        route, path = context.original_route, before + (context.path or "")
        if isinstance(route, Mount):
            yield from _routes(route.routes, path)
        else:
            yield path, route


def _mounted(routes: Iterable[BaseRoute]) -> Iterator[Starlette]:
    for route in routes:
        if isinstance(route, Mount):
            if isinstance(route.app, Starlette):
                yield route.app
            yield from _mounted(route.routes)
