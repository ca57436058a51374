"""Straight to the route of a path without parameters. A router tries its routes one after the other, and we have a hundred and fifty."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi.routing import APIRouter
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from daemun.web.pages import path_of

Sign = tuple[str, str]


class Signposts:
    """Who finds no sign asks the router."""

    def __init__(self, router: APIRouter) -> None:
        self._router, self._signs = router, signs(router.routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._signs.get((scope.get("method", ""), path_of(scope)))
        if route is None:
            await self._router(scope, receive, send)
            return
        _, found = route.matches(scope)
        scope.update(found)
        await route.handle(scope, receive, send)


def signs(routes: Iterable[BaseRoute]) -> dict[Sign, Route]:
    """By method and path; never past a route that the router would have tried before and taken."""
    found: dict[Sign, Route] = {}
    before: list[Route] = []
    for route in routes:
        if not isinstance(route, Route):
            return found
        if route.param_convertors:
            before.append(route)
            continue
        for method in route.methods or ():
            if not any(method in (each.methods or ()) and each.path_regex.match(route.path) for each in before):
                found.setdefault((method, route.path), route)
    return found
