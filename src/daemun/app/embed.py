"""The house inside an application: the server's own, or anybody's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from daemun.app import hosts, lifespans
from daemun.app.build import build
from daemun.app.house import House
from daemun.app.inside import entrance, inside, paths_of
from daemun.app.moving import Mover, take_in
from daemun.app.settings import Settings
from daemun.core.actor import SYSTEM
from daemun.core.circumstance import Circumstance
from daemun.features.identity import Directory, User
from daemun.plugin import Feature, Listener, Plug, Subscription
from daemun.ports.database import Work
from daemun.ports.system import Clock
from daemun.web import documents, handlers
from daemun.web.entrance import Paths
from daemun.web.problems import Problems
from daemun.web.visit import Visit


class Daemun:
    """`Daemun(settings).install(app)`. One Daemun stands in front of one application."""

    def __init__(self, settings: Settings | None = None, *, tools: Iterable[Plug | Feature] = (), clock: Clock | None = None) -> None:
        """Without settings they are read from `daemun.toml`, `.env` and the environment. `tools`: the application's own."""
        self.house: House = build(settings or Settings.load(), clock=clock, brought=tools)
        self._stands = False

    def on(self, event: str, *, order: int = 100) -> Callable[[Listener], Listener]:
        """Decorates a listener: `auth.login.success`, `auth.login` (however it ends), or `*`.

        It runs inside the event's transaction, so what it writes by `work` lives and dies with it; it must not wait, and may not refuse.
        What is slow goes into `work.after_commit`.
        """

        def subscribe(listener: Listener) -> Listener:
            if self.house.opened.is_set():
                raise RuntimeError("Daemun is open already: subscribe before the application starts")
            self.house.bus.subscribe(Subscription(event, listener, order))
            return listener

        return subscribe

    def install(self, app: Starlette, *, strict: bool = False) -> None:
        """Into a FastAPI or Starlette application, before it starts; for any other ASGI application see `wrap`.

        `strict`: the application's own routes get our headers, body limit and problems, too. Else they stay as they are, and only learn
        who calls.
        """
        if not isinstance(app, Starlette):
            raise TypeError("this is no FastAPI or Starlette application: app = daemun.wrap(app) puts Daemun in front of any ASGI one")
        if hasattr(app.state, "daemun"):
            raise RuntimeError("this application has a Daemun already")
        if app.middleware_stack is not None:
            raise RuntimeError("the application has started already: install Daemun where the application is made")
        self._stand()
        house, within = self.house, inside(self.house)
        paths = paths_of(within).without(hosts.documents_of(app))
        app.add_middleware(entrance(house, within, paths, strict=strict))
        if strict:
            handlers.handle(app, Problems(house.pages.catalogue))
        if isinstance(app, FastAPI):
            documents.join(app, within, house.settings.core.prefix)
        lifespans.join(app, house, lambda: self._look_over(app, paths))
        app.state.daemun = house

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Any ASGI application with Daemun in front of it: serve what is returned, not what was given."""
        self._stand()
        within = inside(self.house)
        standing = entrance(self.house, within, paths_of(within), strict=False)(app)
        lifespan = lifespans.around(app, self.house)

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            await (lifespan if scope["type"] == "lifespan" else standing)(scope, receive, send)

        return wrapped

    @asynccontextmanager
    async def working(self, name: str) -> AsyncIterator[Visit]:
        """Open for a worker or a script without any HTTP; the visit is the system's, and its events name the worker."""
        await self.house.open()
        try:
            yield Visit(self.house.database, Circumstance(method="WORKER", path=name), actor=SYSTEM)
        finally:
            await self.house.close()

    @property
    def people(self) -> Directory:
        """Questions about people, to be handed to `visit.read`: `account`, `known_as`, `search`."""
        return self.house.identity.directory

    def take_in(self, work: Work, mover: Mover) -> User:
        """A user the application had before: `await visit.work(daemun.take_in, Mover(…))`. Raises what `moving.take_in` raises."""
        return take_in(self.house, work, mover)

    def _stand(self) -> None:
        if self._stands:
            raise RuntimeError("this Daemun stands in front of an application already: make another for another")
        self._stands = True

    def _look_over(self, app: Starlette, paths: Paths) -> None:
        house = self.house
        hosts.hear_refusals(app, Problems(house.pages.catalogue))
        hosts.look_over(app, paths, house.settings.core.prefix, house.access.catalogue)
