"""In front of an application of which nothing is known but that it speaks ASGI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from tests.app.hosting import settings_for
from tests.house import Client, FrozenClock, Member

from daemun import Daemun, current_user
from daemun.app.lifespans import driven


def plain(lived: list[str], *, start: str = "complete") -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] == "lifespan.startup":
                lived.append("opened")
                await send({"type": f"lifespan.startup.{start}", "message": "no tea"})
            lived.append(message["type"])
            await send({"type": "lifespan.shutdown.complete"})
            return
        user = await current_user(Request(scope, receive)) if scope["path"] == "/mine" else None
        await PlainTextResponse(user.name if user else "open")(scope, receive, send)

    return app


async def deaf(scope: Scope, receive: Receive, send: Send) -> None:
    """Knows requests alone, as many small applications do."""
    assert scope["type"] == "http"
    await PlainTextResponse("open")(scope, receive, send)


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[Client]:
    async with driven(app):
        yield Client(httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver"))


async def test_any_asgi_application_knows_who_calls(tmp_path: Path) -> None:
    lived: list[str] = []
    async with served(Daemun(settings_for(tmp_path, prefix="/gate"), clock=FrozenClock()).wrap(plain(lived))) as client:
        assert (await client.get("/open")).text == "open"
        refused = await client.get("/mine")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        assert refused.headers["content-type"] == "application/problem+json"
        ann = Member()
        await client.post("/gate/auth/signup", ann.form)
        tokens = (await client.post("/gate/auth/login", {"user_id": ann.handle, "password": ann.password})).json()
        assert (await client.get("/mine", token=tokens["access_token"])).text == ann.name
    assert lived == ["opened", "lifespan.shutdown"]


async def test_an_application_that_knows_no_lifespans_is_left_in_peace(tmp_path: Path) -> None:
    async with served(Daemun(settings_for(tmp_path)).wrap(deaf)) as client:
        assert (await client.get("/elsewhere")).text == "open"
        assert (await client.get("/me")).status_code == 401


async def test_an_application_that_cannot_start_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no tea"):
        async with served(Daemun(settings_for(tmp_path)).wrap(plain([], start="failed"))):
            raise AssertionError("it started")
