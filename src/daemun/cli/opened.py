"""A house opened for one command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from daemun.app.build import House, build
from daemun.app.secrets import MARK
from daemun.app.settings import Settings
from daemun.cli.speaking import fail, sentences
from daemun.web.catalogue import Catalogue

T = TypeVar("T")


def within(settings: Settings, doing: Callable[[House], Awaitable[T]], *, existing: bool = True) -> T:
    """Opens the house, does it, and closes in order; what is refused is told as a sentence. `existing` is one that was started before."""
    if existing:
        expect(settings)
    spoken: list[Catalogue] = []

    async def run() -> T:
        house = build(settings)
        spoken.append(house.pages.catalogue)
        await house.open()
        try:
            return await doing(house)
        finally:
            await house.close()

    with sentences(lambda: spoken[0] if spoken else None):
        return asyncio.run(run())


def expect(settings: Settings) -> None:
    """Whoever only wants to look, or mend, must not found a new house in an empty folder."""
    if not (settings.core.data / MARK).exists():
        where = settings.core.data
        fail(
            f"이 폴더에는 Daemun의 데이터가 없습니다: {where} (다른 곳이면 --data)",
            f"There is no data of Daemun in {where} (elsewhere: --data)",
        )
