"""Authorisation is declared on the route. A route that declares nothing is not served."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal

from fastapi import params
from fastapi.openapi.models import HTTPBearer as BearerModel
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection
from starlette.types import Scope

from daemun.core.actor import Actor
from daemun.core.canonical import permission_name
from daemun.core.errors import Denied, Unauthenticated
from daemun.web.csrf import SAFE, CsrfDue
from daemun.web.visit import visit_of

FRESH: Final = timedelta(minutes=5)
"""How old an authentication may be for a step that cannot be taken back, or that gives somebody power."""

SCHEME: Final = "bearer"
"""What it is called in OpenAPI documents."""


class ReauthenticationDue(Unauthenticated):
    """Known, and too long ago or too weakly for this (RFC 9470). `aal` and `max_age` (seconds, 0: any age) say what is asked for."""

    code = "reauthentication_due"


class ApiKeyRefused(Denied):
    """An API key, where only a person may act."""

    code = "api_key_refused"


class ApiKeyDue(Denied):
    """A person, where only an API key may act."""

    code = "api_key_due"


Keys = Literal["never", "too", "only"]
"""Whether API keys may call. Never unless the route says so: a key in a script is no person, and proves nothing anew."""


Teller = Literal["gate", "route"]
"""Who says that something sensitive is looked at: the route, where it has more to say of it."""


class Requires(SecurityBase):
    """Lets those pass who are known, recently and surely enough, and hold the permission; None asks for being known alone."""

    def __init__(
        self,
        permission: str | None,
        *,
        aal: int = 1,
        max_age: timedelta | None = None,
        keys: Keys = "never",
        seen_by: Teller = "gate",
        looks: bool = False,
    ) -> None:
        if keys != "never" and (aal > 1 or max_age is not None):
            raise ValueError("an API key cannot authenticate again, nor more surely")
        self.permission, self.aal, self.max_age, self.keys = permission, aal, max_age, keys
        self.seen_by, self.looks = seen_by, looks
        self.model = BearerModel(bearerFormat="JWT")
        self.scheme_name = SCHEME

    async def __call__(self, connection: HTTPConnection) -> Actor:
        visit = visit_of(connection)
        if visit.refusal is not None:
            raise visit.refusal
        if not visit.actor.is_known:
            raise Unauthenticated
        if visit.by_cookie and not visit.browser.proven and connection.scope.get("method", "GET") not in SAFE:
            raise CsrfDue
        if refusal := self._denied(visit.actor):
            await visit.denied(self.permission or refusal.code, route_of(connection.scope))
            raise refusal
        self.be_sure_of(visit.actor)
        if self.permission is not None and self.seen_by == "gate" and (self.looks or connection.scope.get("method") in SAFE):
            await visit.seen(self.permission, route_of(connection.scope))
        return visit.actor

    def _denied(self, actor: Actor) -> Denied | None:
        if actor.kind == "token" and self.keys == "never":
            return ApiKeyRefused()
        if actor.kind != "token" and self.keys == "only":
            return ApiKeyDue()
        return None if self.permission is None or actor.may(self.permission) else Denied(permission=self.permission)

    def be_sure_of(self, actor: Actor) -> None:
        """Raises `ReauthenticationDue`. An age that nobody knows is too old."""
        recent = self.max_age is None or (actor.authenticated_ago is not None and actor.authenticated_ago <= self.max_age)
        if not recent or actor.aal < self.aal:
            raise ReauthenticationDue(aal=self.aal, max_age=0 if self.max_age is None else int(self.max_age.total_seconds()))

    @property
    def asks_again(self) -> bool:
        return self.aal > 1 or self.max_age is not None


class Public:
    """Says on purpose that anybody may call, and why that is safe."""

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self) -> None:
        return None


def requires(
    permission: str,
    *,
    aal: int = 1,
    max_age: timedelta | None = None,
    keys: Keys = "never",
    seen_by: Teller = "gate",
    looks: bool = False,
) -> params.Depends:
    """`looks`: it changes nothing, whatever its method."""
    needed = Requires(permission_name(permission), aal=aal, max_age=max_age, keys=keys, seen_by=seen_by, looks=looks)
    return params.Depends(needed)


def signed_in(*, aal: int = 1, max_age: timedelta | None = None, keys: Keys = "never") -> params.Depends:
    return params.Depends(Requires(None, aal=aal, max_age=max_age, keys=keys))


def public(why: str) -> params.Depends:
    return params.Depends(Public(why))


def route_of(scope: Scope) -> str:
    """The path as its route declares it: the one that was called is the caller's own words."""
    path = getattr(scope.get("route"), "path", "")
    return path if isinstance(path, str) else ""


def guard_of(route: APIRoute) -> Requires | Public | None:
    """What a route declares; None when it declares nothing."""
    declared = [each.dependency for each in route.dependencies]
    return next((each for each in reversed(declared) if isinstance(each, Requires | Public)), None)
