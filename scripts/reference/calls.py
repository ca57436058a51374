"""Every route that is served, with what it declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from daemun.web.requires import Public, Requires, guard_of


@dataclass(frozen=True, slots=True)
class Call:
    """`operation` is what the OpenAPI says of it; None for a page."""

    method: str
    path: str
    guard: Requires | Public | None
    operation: dict[str, Any] | None

    @property
    def permission(self) -> str | None:
        return self.guard.permission if isinstance(self.guard, Requires) else None

    @property
    def tag(self) -> str:
        return str((self.operation or {}).get("tags", [""])[0])


def calls(app: FastAPI) -> Iterator[Call]:
    """In the order they are tried."""
    documented = app.openapi()["paths"]
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        guard = guard_of(route) if isinstance(route, APIRoute) else None
        for method in sorted(getattr(route, "methods", None) or ()):
            if method != "HEAD":
                operation = documented.get(context.path, {}).get(method.lower()) if getattr(route, "include_in_schema", False) else None
                yield Call(method, str(context.path), guard, operation)
