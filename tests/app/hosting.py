"""Somebody's own application, and Daemun in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.applications import Starlette
from tests.house import Client, FrozenClock, House, Member, a_member

from daemun import CurrentUser, Daemun, Feature, MaybeUser, Permission, Settings, requires
from daemun.app.lifespans import driven

SHOP = Feature(
    "shop",
    permissions=(
        Permission("orders.read", "주문 보기", "See orders", roles=("user",)),
        Permission("till.open", "금고 열기", "Open the till"),
    ),
)


def settings_for(folder: Path, **settings: str) -> Settings:
    flags = {"data": str(folder / "data"), **{name.replace("__", "."): value for name, value in settings.items()}}
    return Settings.load(flags=flags, environ={}, cwd=folder)


@asynccontextmanager
async def living(app: Starlette, gate: Daemun) -> AsyncIterator[None]:
    gate.install(app)
    async with driven(app):
        yield


@asynccontextmanager
async def an_embedded(app: FastAPI, folder: Path, *, tools: Iterable[Feature] = (SHOP,), **settings: str) -> AsyncIterator[House]:
    chosen, clock = settings_for(folder, **settings), FrozenClock()
    async with living(app, Daemun(chosen, tools=tools, clock=clock)):
        yield House(app, chosen, clock)


def a_shop() -> FastAPI:
    app = FastAPI(title="Shop")

    @app.get("/")
    async def front(user: MaybeUser) -> dict[str, str]:
        return {"hello": user.name if user else "stranger"}

    @app.get("/mine")
    async def mine(user: CurrentUser) -> dict[str, str]:
        return {"id": user.id, "hello": user.name, "email": user.email}

    @app.post("/orders")
    async def order(user: CurrentUser) -> dict[str, str]:
        return {"by": user.id}

    @app.get("/orders", dependencies=[requires("orders.read")])
    async def orders() -> list[str]:
        return ["tea"]

    @app.get("/till", dependencies=[requires("till.open")])
    async def till() -> None: ...

    return app


async def a_token(client: Client, *, at: str = "", member: Member | None = None) -> str:
    """Of somebody who has signed up, at a Daemun whose paths begin there."""
    who = member or Member()
    await client.post(f"{at}/auth/signup", who.form) if at else await a_member(client, who)
    answer = await client.post(f"{at}/auth/login", {"user_id": who.handle, "password": who.password})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
