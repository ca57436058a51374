"""What a server does besides answering."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from daemun.app.build import House
from daemun.plugin import Background

log = logging.getLogger("daemun.background")
AFTER_A_FALL = 5.0
# A start is busy enough, and several workers that start together should not ask all at the same moment.
FIRST_LOOK = 15.0
EACH_LOOK = 30.0


@asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    """Between the house's opening and its closing; what runs is cancelled at the end and waited for."""
    tasks = [
        asyncio.create_task(_for_ever(each, house), name=each.name) for each in (*_keeping(house), *_remembering(house), *house.background)
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _for_ever(background: Background, house: House) -> None:
    while True:
        try:
            await background.run(house.visit(background.name))
            return
        except Exception:  # the rim: a worker that fell is told of and stands up again
            log.exception("%s fell and is started again", background.name)
            await asyncio.sleep(AFTER_A_FALL)


def _keeping(house: House) -> tuple[Background, ...]:
    return (Background("housekeeping", lambda _visit: _looking(house.chores.due)),) if house.settings.core.housekeeping else ()


def _remembering(house: House) -> tuple[Background, ...]:
    memory = house.ground.memory
    return (Background("gate memory", lambda _visit: memory.keep_looking()),) if memory else ()


async def _looking(due: Callable[[], Awaitable[object]]) -> None:
    await asyncio.sleep(FIRST_LOOK)
    while True:
        await due()
        await asyncio.sleep(EACH_LOOK)
