"""The gallery in a real house, where the doorman takes a cookie's own word for who came: sessions are tested where they live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from tests.house import FrozenClock, House

from daemun import Daemun, Settings
from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Denied, Refusal, Unauthenticated
from daemun.ports.database import Database


class Ended(Unauthenticated):
    code = "session_ended"


class Doorman:
    """`ann-2-7` is Ann at AAL2, who signed in seven minutes ago; `ended` is over, `asleep` is nobody's any more."""

    def signed(self, token: str) -> str:
        return self.signed_cookie(token)

    def signed_cookie(self, value: str) -> str:
        if value == "forged":
            raise Ended
        return value

    async def known(self, database: Database, signed: str, circumstance: Circumstance) -> Actor | Refusal:
        if signed in ("ended", "asleep"):
            return Ended() if signed == "ended" else Denied()
        handle, aal, minutes = signed.split("-")
        held = frozenset({"gallery.hang"} if handle == "ann" else ())
        return Actor("user", handle, held, "s", handle, aal=int(aal), authenticated_ago=timedelta(minutes=int(minutes)))


class Gallery(Daemun):
    def __init__(self, settings: Settings, clock: FrozenClock) -> None:
        super().__init__(settings, clock=clock)
        self.house = replace(self.house, recogniser=Doorman())  # type: ignore[arg-type]  # the house names its own recogniser's type


@asynccontextmanager
async def a_gallery(folder: Path, **settings: str) -> AsyncIterator[House]:
    flags = {
        "data": str(folder / "data"),
        "tools": "tests.web.gallery",
        **{name.replace("__", "."): each for name, each in settings.items()},
    }
    chosen, clock = Settings.load(flags=flags, environ={}, cwd=folder), FrozenClock()
    app = FastAPI()
    Gallery(chosen, clock).install(app, strict=True)
    async with app.router.lifespan_context(app):
        yield House(app, chosen, clock)
