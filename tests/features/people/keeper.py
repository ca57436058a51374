"""A process that does one chore, and stops in the middle of a work until it is killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from tests.house import FrozenClock

from daemun.app.build import build
from daemun.app.settings import Settings
from daemun.core.circumstance import Circumstance
from daemun.ports.database import Database, Work

T = TypeVar("T")


@dataclass
class Halting:
    """A database whose work of that number is done and never finished."""

    database: Database
    halts_at: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    async def work(self, story: Callable[[Work], T], circumstance: Circumstance) -> T:
        self.halts_at -= 1
        return await self.database.work(self._halted(story) if self.halts_at == 0 else story, circumstance)

    def _halted(self, story: Callable[[Work], T]) -> Callable[[Work], T]:
        def halted(work: Work) -> T:
            answer = story(work)
            print("in the middle", flush=True)
            sys.stdin.readline()
            return answer

        return halted


async def main(url: str, folder: str, at: str, chore: str, halts_at: str) -> None:
    settings = Settings.load(flags={"database_url": url, "data": str(Path(folder) / "data")}, environ={}, cwd=Path(folder))
    house = build(settings, clock=FrozenClock(datetime.fromisoformat(at)))
    await house.open()
    visit = replace(house.visit(chore), database=Halting(house.database, int(halts_at)))
    await next(each for each in house.chores.all if each.name == chore).run(visit)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
