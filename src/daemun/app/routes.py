"""Deny by default: a route that declares nothing, or a permission nobody declared, stops the start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi.routing import APIRoute

from daemun.plugin import Feature
from daemun.web.requires import Requires, guard_of


def check(features: Iterable[Feature]) -> None:
    features = tuple(features)
    known = {permission.name for feature in features for permission in feature.permissions}
    problems = [problem for feature in features for problem in _problems(feature, known)]
    if problems:
        raise LookupError("; ".join(problems))


def _problems(feature: Feature, known: set[str]) -> Iterator[str]:
    for route in (route for router in feature.routers for route in router.routes):
        if not isinstance(route, APIRoute):
            yield f"{feature.name}: {route!r} is no API route, so nothing says who may call it"
            continue
        guard = guard_of(route)
        if guard is None:
            yield f"{feature.name}: {route.path} declares neither requires(…) nor public(…)"
        elif isinstance(guard, Requires) and guard.permission not in (known | {None}):
            yield f"{feature.name}: {route.path} requires {guard.permission}, which no feature declares"
