"""A house for a test: the real application over ASGI on a real database, with a clock that stands still until told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from daemun.app.build import House as Built
from daemun.app.settings import Settings
from daemun.server import create

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ADDRESS = "203.0.113.9"


class FrozenClock:
    def __init__(self, at: datetime = START) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def advance(self, **parts: float) -> None:
        self._now += timedelta(**parts)


@dataclass(frozen=True, slots=True)
class Member:
    handle: str = "ann_2026"
    email: str = "ann@example.com"
    name: str = "안은주"
    password: str = "Maru-Bada-72!"

    @property
    def form(self) -> dict[str, Any]:
        return {
            "user_id": self.handle,
            "email": self.email,
            "name": self.name,
            "password": self.password,
            "password_confirm": self.password,
            "agree": True,
        }


@dataclass(frozen=True, slots=True)
class Client:
    """One browser or program: an address and an agent of its own."""

    http: httpx2.AsyncClient

    async def get(self, path: str, *, token: str | None = None, **more: Any) -> httpx2.Response:
        return await self.http.get(path, headers=_bearer(token, more), **more)

    async def post(self, path: str, body: Any = None, *, token: str | None = None, **more: Any) -> httpx2.Response:
        return await self.http.post(path, json=body, headers=_bearer(token, more), **more)

    async def sign_up(self, member: Member) -> httpx2.Response:
        return await self.post("/auth/signup", member.form)

    async def log_in(self, member: Member, *, password: str | None = None, remember: bool = False) -> httpx2.Response:
        body = {"user_id": member.handle, "password": password or member.password, "remember_me": remember}
        return await self.post("/auth/login", body)

    async def refresh(self, refresh_token: str) -> httpx2.Response:
        return await self.post("/auth/refresh", {"refresh_token": refresh_token})

    async def log_out(self, refresh_token: str) -> httpx2.Response:
        return await self.post("/auth/logout", {"refresh_token": refresh_token})


@dataclass(frozen=True, slots=True)
class House:
    app: FastAPI
    settings: Settings
    clock: FrozenClock

    def client(self, address: str = ADDRESS, *, agent: str = "test/1", **headers: str) -> Client:
        transport = httpx2.ASGITransport(self.app, client=(address, 50_000), raise_app_exceptions=True)
        return Client(httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers={"user-agent": agent, **headers}))


@asynccontextmanager
async def a_house(database_url: str, folder: Path, **settings: str) -> AsyncIterator[House]:
    """`a_house(url, tmp_path, identity__login_attempts="3")`."""
    flags = {
        "database_url": database_url,
        "data": str(folder / "data"),
        **{name.replace("__", "."): value for name, value in settings.items()},
    }
    chosen = Settings.load(flags=flags, environ={}, cwd=folder)
    clock = FrozenClock()
    app = create(chosen, clock=clock)
    async with app.router.lifespan_context(app):
        yield House(app, chosen, clock)


def built(app: FastAPI) -> Built:
    """What the application was built from."""
    found = app.state.daemun
    assert isinstance(found, Built)
    return found


async def a_member(client: Client, member: Member | None = None, **changes: str) -> Member:
    """Somebody who has signed up."""
    joined = replace(member or Member(), **changes)
    answer = await client.sign_up(joined)
    assert answer.status_code == 201, answer.text
    return joined


def _bearer(token: str | None, more: dict[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = more.pop("headers", {})
    return headers | ({"authorization": f"Bearer {token}"} if token else {})
