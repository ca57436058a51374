"""Which way a request goes: what is ours comes in to us, everything else goes on to the application it stands in front of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Final

from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from daemun.web.pages import path_of

ANY: Final = "{"
"""Where the first part of a path is a parameter."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Asked for every request: a look into a table for most, a pattern or two for the rest."""

    exact: frozenset[str]
    shaped: Mapping[str, tuple[Pattern[str], ...]]

    @classmethod
    def of(cls, routes: Iterable[APIRoute], *more: str) -> Paths:
        shaped: dict[str, tuple[Pattern[str], ...]] = {}
        exact = set(more)
        for route in routes:
            if route.param_convertors:
                first = _first(route.path)
                key = ANY if ANY in first else first
                shaped[key] = (*shaped.get(key, ()), route.path_regex)
            else:
                exact.add(route.path)
        return cls(frozenset(exact), shaped)

    def without(self, paths: frozenset[str]) -> Paths:
        return Paths(self.exact - paths, self.shaped)

    def cover(self, path: str) -> bool:
        patterns = (*self.shaped.get(_first(path), ()), *self.shaped.get(ANY, ()))
        return path in self.exact or any(each.match(path) for each in patterns)


@dataclass(frozen=True, slots=True)
class Entrance:
    app: ASGIApp
    inside: ASGIApp
    outside: ASGIApp
    """Goes on to `app`."""
    prefix: str
    paths: Paths
    is_open: Callable[[], bool]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if not self.is_open():
            raise RuntimeError("Daemun is not open: the application's lifespan has not run. Servers run it; a test must, too")
        inside = self._ours(scope)
        if inside is None:
            await self.outside(scope, receive, send)
        else:
            await self.inside(inside, receive, send)

    def _ours(self, scope: Scope) -> Scope | None:
        """As we see it, if it is ours: with a prefix all that lies under it, without one what we have a route for."""
        path = path_of(scope)
        if not self.prefix:
            return scope if self.paths.cover(path) else None
        if path != self.prefix and not path.startswith(f"{self.prefix}/"):
            return None
        whole = scope["path"] + ("/" if path == self.prefix else "")
        return {**scope, "path": whole, "root_path": scope.get("root_path", "") + self.prefix}


def _first(path: str) -> str:
    return path.split("/", 2)[1] if path.startswith("/") else ""
