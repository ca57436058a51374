"""Letters for a test, and a room to post them in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.house import FrozenClock

from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.system import SystemEntropy
from daemun.core.circumstance import Circumstance, Language
from daemun.core.event import Happening
from daemun.core.secret import Secret
from daemun.features.mail import LetterBook, Mail, store
from daemun.features.mail import models as mail_models
from daemun.ports.database import Database
from daemun.ports.letters import Letter
from daemun.ports.system import Clock

T = TypeVar("T")
FOLDER = Path(store.__file__).parent
WORDS = Path(__file__).parent / "letters"
KEY = bytes(range(32))
ANN = "01K0000000000000000000ANN1"
SITE = "https://gate.example.com"
LINK = f"{SITE}/verify?t=aVerySecretTokenThatNobodyMayRead"


def a_letter(to: str = "ann@example.com", *, language: Language = "ko", user_id: str = ANN, name: str = "안은주") -> Letter:
    return Letter("welcome", to, language, user_id, {"name": name, "handle": "ann_2026"}, Secret(LINK), Secret("48201937"))


def a_book() -> LetterBook:
    return LetterBook.read([WORDS], site=SITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postroom:
    database: Database
    clock: FrozenClock
    mail: Mail
    heard: list[Happening] = field(default_factory=list)

    async def work(self, story: Callable[..., T], *args: Any) -> T:
        return await self.database.work(lambda work: story(work, *args), Circumstance())

    async def post(self, *letters: Letter) -> None:
        for letter in letters:
            await self.work(self.mail.post, letter)

    async def records(self, state: mail_models.State | None = None) -> list[mail_models.Record]:
        """Oldest first."""
        return (await self.database.read(lambda tx: store.records(tx, state, 1000, None)))[::-1]

    async def states(self) -> list[str]:
        return [each.state for each in await self.records()]


@asynccontextmanager
async def a_postroom(url: str, *, becomes: mail_models.State = "waiting", clock: Clock | None = None) -> AsyncIterator[Postroom]:
    await asyncio.to_thread(migrations.upgrade, url, {"mail": FOLDER / "migrations"})
    frozen, entropy = FrozenClock(), SystemEntropy()
    database = open_database(url, clock=clock or frozen, entropy=entropy, pool=4)
    room = Postroom(database=database, clock=frozen, mail=Mail.of(becomes, KEY, entropy))
    await database.start(lambda _work, happening: room.heard.append(happening))
    try:
        yield room
    finally:
        await database.stop()
