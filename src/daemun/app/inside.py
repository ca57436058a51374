"""What is behind the gate, as an application of its own: its routes, refusals and document meddle with nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from daemun import __version__
from daemun.app.house import House
from daemun.core.address import networks
from daemun.web import answers, apidocs, assets, handlers, health
from daemun.web.entrance import Entrance, Paths
from daemun.web.gate import Gate
from daemun.web.greeting import Greeting
from daemun.web.heads import Heads
from daemun.web.home import home
from daemun.web.porch import Porch
from daemun.web.problems import Problems
from daemun.web.signposts import Signposts
from daemun.web.watch import Watch

TITLE: Final = "Daemun · 대문"
SUMMARY: Final = "누가 들어오고, 무엇을 할 수 있는지. Who comes in, and what they may do."
DOCUMENT: Final = "/openapi.json"
DOCS: Final = "/docs"


class Inside(FastAPI):
    """Without the framework's outer layers: the gate catches what nobody else does, and what we stand in has them already."""

    def build_middleware_stack(self) -> ASGIApp:
        return ExceptionMiddleware(AsyncExitStackMiddleware(Signposts(self.router)), handlers=self.exception_handlers)


def inside(house: House) -> FastAPI:
    core = house.settings.core
    app = Inside(
        title=TITLE,
        version=__version__,
        summary=SUMMARY,
        redirect_slashes=False,  # a redirect that forwards credentials teaches clients to send them anywhere
        docs_url=None,
        redoc_url=None,
        openapi_url=DOCUMENT if core.docs else None,
    )
    for router in (router for feature in house.features for router in feature.routers):
        app.router.routes.extend(router.routes)  # include_router would analyse every route a second time
    app.include_router(health.router())
    app.include_router(assets.router(house.pages.assets))
    if core.docs:
        app.include_router(apidocs.router())
    if core.prefix:
        app.add_api_route("/", home, include_in_schema=False)
    handlers.handle(app, Problems(house.pages.catalogue))
    answers.describe(app)
    return app


def paths_of(app: FastAPI) -> Paths:
    routes = (context.original_route for context in iter_route_contexts(app.routes))
    return Paths.of((each for each in routes if isinstance(each, APIRoute)), *([app.openapi_url] if app.openapi_url else []))


def entrance(house: House, within: FastAPI, paths: Paths, *, strict: bool) -> Callable[[ASGIApp], ASGIApp]:
    """What stands in front of an application. `strict`: its own routes are kept as ours are."""
    core, problems = house.settings.core, Problems(house.pages.catalogue)
    greeting = Greeting(house.database, house.recogniser, house.entropy, networks(core.trusted_proxies), house.pages, house.watchman)

    def gate(app: ASGIApp, front: str) -> ASGIApp:
        kept = Gate(Heads(app), greeting, problems, house.sections.web.body_limit, core.https_redirect, front)
        return Watch(_shared(kept, core.cors_origins), meter=house.ground.metrics.meter, tracer=house.ground.tracer)

    def stand(app: ASGIApp) -> ASGIApp:
        outside = gate(app, house.pages.outer) if strict else Porch(app, greeting, problems)
        return Entrance(app, gate(within, house.pages.base), outside, core.prefix, paths, house.opened.is_set)

    return stand


def _shared(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    """With the pages of other origins, if there are any."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_credentials="*" not in origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Accept-Language", "X-CSRF-Token"],
        expose_headers=["Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID", "Audit-Receipt"],
        max_age=600,
    )
