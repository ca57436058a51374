"""A house opened for one command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from daemun.app.build import House, build
from daemun.app.settings import Settings
from daemun.cli.speaking import sentences
from daemun.web.catalogue import Catalogue

T = TypeVar("T")


def within(settings: Settings, doing: Callable[[House], Awaitable[T]]) -> T:
    """Opens the house (and its schema), does it, and closes in order; what is refused is told as a sentence."""
    spoken: list[Catalogue] = []

    async def run() -> T:
        house = build(settings)
        spoken.append(house.catalogue)
        await house.open()
        try:
            return await doing(house)
        finally:
            await house.close()

    with sentences(lambda: spoken[0] if spoken else None):
        return asyncio.run(run())
