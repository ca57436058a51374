"""Our opening and closing around an application's own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Router
from starlette.types import ASGIApp, Message

from daemun.app import choices
from daemun.app.background import working
from daemun.app.declaring import declare
from daemun.app.house import House

log = logging.getLogger("daemun.embed")


@asynccontextmanager
async def alive(house: House) -> AsyncIterator[None]:
    await house.open()
    house.ground.metrics.open()
    try:
        await choices.tell(house.settings, house.ground.key("settings"), house.visit("start"))
        await declare(house)
        async with working(house):
            yield
    finally:
        house.ground.metrics.close()
        await house.close()


def join(app: Starlette, house: House, before: Callable[[], None]) -> None:
    """The application's own lifespan runs inside ours: it may use the house from its first line to its last."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(host: Any) -> AsyncIterator[Any]:
        before()
        async with alive(house), inner(host) as state:
            yield state

    app.router.lifespan_context = lifespan


def around(app: ASGIApp, house: House) -> ASGIApp:
    """Speaks of lifespans with the server, for an application of which we know nothing but that it speaks ASGI."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
        async with alive(house), driven(app) as state:
            yield state

    return Router(lifespan=lifespan)


@asynccontextmanager
async def driven(app: ASGIApp) -> AsyncIterator[dict[str, Any]]:
    """Asks the application to start and to stop as a server would. One that knows nothing of lifespans is left in peace."""
    asked, told, state = asyncio.Queue[Message](), asyncio.Queue[Message](), dict[str, Any]()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
    task = asyncio.ensure_future(app(scope, asked.get, told.put))
    started = await _answer(task, asked, told, "lifespan.startup")
    if started is not None and started["type"] == "lifespan.startup.failed":
        await _end(task)
        raise RuntimeError(f"the application could not start: {started.get('message', '')}")
    try:
        yield state
    finally:
        if started is not None:
            stopped = await _answer(task, asked, told, "lifespan.shutdown")
            if stopped is None or stopped["type"] == "lifespan.shutdown.failed":
                log.error("the application could not stop in order: %s", (stopped or {}).get("message", ""))
        await _end(task)


async def _end(task: asyncio.Future[None]) -> None:
    """Everything was said: some go home by themselves, some wait for one more word."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _answer(task: asyncio.Future[None], asked: asyncio.Queue[Message], told: asyncio.Queue[Message], event: str) -> Message | None:
    """What it says to the event; None when it ends without a word."""
    await asked.put({"type": event})
    answer = asyncio.ensure_future(told.get())
    await asyncio.wait((task, answer), return_when=asyncio.FIRST_COMPLETED)
    if not answer.done() and not told.empty():
        await answer
    if answer.done():
        return answer.result()
    answer.cancel()
    return None
