"""The house inside an application: the server's own, or anybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from daemun.app.background import working
from daemun.app.build import House, build
from daemun.app.settings import Settings
from daemun.core.address import networks
from daemun.ports.system import Clock
from daemun.web import answers, apidocs, assets, handlers, health
from daemun.web.gate import Gate
from daemun.web.problems import Problems


class Daemun:
    """`Daemun(settings).install(app)`."""

    def __init__(self, settings: Settings | None = None, *, clock: Clock | None = None) -> None:
        self.house: House = build(settings or Settings.load(), clock=clock)

    def install(self, app: FastAPI) -> None:
        """Gate, routes, refusals and lifespan, in one call."""
        house, core = self.house, self.house.settings.core
        problems = Problems(house.pages.catalogue)
        for router in (router for feature in house.features for router in feature.routers):
            app.include_router(router)
        app.include_router(health.router())
        app.include_router(assets.router(house.pages.assets))
        if core.docs:
            app.include_router(apidocs.router())
        handlers.handle(app, problems)
        answers.describe(app)
        app.add_middleware(
            Gate,
            database=house.database,
            recogniser=house.recogniser,
            problems=problems,
            entropy=house.entropy,
            proxies=networks(core.trusted_proxies),
            body_limit=house.sections.web.body_limit,
            https_only=core.https_redirect,
            public_url=core.public_url,
            pages=house.pages,
            refusals=house.refusals,
        )
        if core.cors_origins:
            app.add_middleware(
                CORSMiddleware,
                allow_origins=core.cors_origins,
                allow_credentials="*" not in core.cors_origins,
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Accept-Language", "X-CSRF-Token"],
                expose_headers=["Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-ID"],
                max_age=600,
            )
        app.state.daemun = house
        self._join_lifespan(app)

    def _join_lifespan(self, app: FastAPI) -> None:
        """The application's own lifespan runs inside ours: it may use the house from its first line to its last."""
        inner = app.router.lifespan_context

        @asynccontextmanager
        async def lifespan(host: Any) -> AsyncIterator[Any]:
            await self.house.open()
            try:
                async with working(self.house), inner(host) as state:
                    yield state
            finally:
                await self.house.close()

        app.router.lifespan_context = lifespan
