"""A room to keep sessions in: a real database, real keys, and a clock that stands still until told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.house import FrozenClock

from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.keyring import FileKeyring
from daemun.adapters.memory import MIGRATIONS as MEMORY
from daemun.adapters.system import SystemEntropy
from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.core.event import Happening
from daemun.core.secret import Secret
from daemun.features.sessions import (
    BrowserSession,
    Cookie,
    Holder,
    LiveSession,
    OpenSession,
    Sessions,
    SessionSettings,
    TokenPair,
    store,
)
from daemun.ports.database import Database, Work, micros
from daemun.ports.keyring import Keyring
from daemun.ports.system import Clock
from daemun.web.visit import Visit

T = TypeVar("T")
WRAPPING = bytes(range(32))
ISSUER = "https://gate.example"
ANN = Holder("01K0000000000000000000ANN1", "ann_2026", "ann@example.com", "안은주")
BOB = Holder("01K0000000000000000000B0B1", "bob_2026", "bob@example.com", "Bob")
HOME = Circumstance(address="203.0.113.9", agent="browser/1")
CAFE = Circumstance(address="198.51.100.7", agent="browser/1")
PHONE = Circumstance(address="203.0.113.9", agent="phone/1")
MASTER = Actor("user", "01K000000000000000000MASTR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    database: Database
    sessions: Sessions
    ring: Keyring
    heard: list[Happening] = field(default_factory=list)

    async def work(self, story: Callable[..., T], *args: Any, seen: Circumstance = HOME, **how: Any) -> T:
        return await self.database.work(lambda work: story(work, *args, **how), seen)

    async def open(self, holder: Holder = ANN, *, remember: bool = False, seen: Circumstance = HOME, **how: Any) -> TokenPair:
        return await self.work(self.sessions.open, holder, remember=remember, seen=seen, **how)

    async def refresh(
        self, token: Secret | str, *, holder: Holder = ANN, seen: Circumstance = HOME, device: str = ""
    ) -> TokenPair | Refusal:
        """As the front door does it: turn, then pair."""
        presented = token if isinstance(token, Secret) else Secret(token)

        def story(work: Work) -> TokenPair | Refusal:
            turned = self.sessions.turn(work, presented, device=device)
            return turned if isinstance(turned, Refusal) else self.sessions.refreshed(work, turned, holder)

        return await self.work(story, seen=seen)

    async def refreshed(self, token: Secret | str, **how: Any) -> TokenPair:
        answer = await self.refresh(token, **how)
        assert isinstance(answer, TokenPair), answer
        return answer

    async def refused(self, token: Secret | str, code: str, **how: Any) -> None:
        answer = await self.refresh(token, **how)
        assert isinstance(answer, Refusal), "it was accepted"
        assert answer.code == code

    async def log_out(self, token: Secret | str) -> Refusal | None:
        return await self.work(self.sessions.close, token if isinstance(token, Secret) else Secret(token))

    async def browse(self, holder: Holder = ANN, *, remember: bool = False, seen: Circumstance = HOME, **how: Any) -> BrowserSession:
        return await self.work(self.sessions.open_browser, holder, remember=remember, seen=seen, **how)

    async def again(self, session_id: str, *, holder: Holder = ANN, seen: Circumstance = HOME, **how: Any) -> BrowserSession:
        """They authenticate again in the browser they are in."""
        answer = await self.work(self.sessions.reauthenticate, session_id, user_id=holder.user_id, seen=seen, **how)
        assert isinstance(answer, BrowserSession), answer
        return answer

    async def known(self, cookie: Secret | str) -> LiveSession | None:
        """Who the gate would find behind a cookie."""
        ours = self.sessions.cookie_of(cookie if isinstance(cookie, str) else cookie.reveal())
        if not isinstance(ours, Cookie):
            return None
        row = await self.database.read(lambda tx: tx.hot(Sessions.BY_COOKIE, token_hash=ours.token_hash, now=micros(tx.now)))
        return self.sessions.live_of(row)

    async def use(self, cookie: Secret) -> bool:
        """As the gate does it, and what is noted is written."""
        live = await self.known(cookie)
        if live is None:
            return False
        self.sessions.touches.note(live, micros(self.sessions.clock.now()))
        await self.sessions.touches.write(Visit(self.database, HOME))
        return True

    async def aal(self, session_id: str) -> int:
        live = await self.live(session_id)
        assert live is not None
        return live.aal(micros(self.sessions.clock.now()))

    async def listed(self, holder: Holder = ANN) -> list[OpenSession]:
        return await self.database.read(lambda tx: self.sessions.sessions_of(tx, holder.user_id))

    async def live(self, session_id: str) -> LiveSession | None:
        return await self.database.read(lambda tx: self.sessions.is_live(tx, session_id))

    def told(self) -> list[str]:
        """The names of what was said since the last asking."""
        names = [each.event.kind.name for each in self.heard]
        self.heard.clear()
        return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Keeping):
    clock: FrozenClock


def plain(pair: TokenPair) -> tuple[str, str, int, str]:
    """An answer as the client sees it."""
    return pair.access.reveal(), pair.refresh.reveal(), pair.expires_in, pair.session_id


def a_ring(folder: Path, clock: Clock) -> FileKeyring:
    return FileKeyring(folder / "secrets", WRAPPING, clock, SystemEntropy())


def migrate(url: str) -> None:
    migrations.upgrade(url, {"sessions": Path(store.__file__).parent / "migrations", "memory": MEMORY})


@asynccontextmanager
async def a_room(url: str, folder: Path, **rules: Any) -> AsyncIterator[Room]:
    """`a_room(database_url, tmp_path, refresh_mode="reuse")`."""
    migrate(url)
    clock = FrozenClock()
    ring = a_ring(folder, clock)
    database = open_database(url, clock=clock, entropy=SystemEntropy())
    sessions = Sessions.of(SessionSettings(**rules), ring, issuer=ISSUER, clock=clock, entropy=SystemEntropy())
    room = Room(database=database, sessions=sessions, ring=ring, clock=clock)
    await database.start(lambda _work, happening: room.heard.append(happening))
    try:
        yield room
    finally:
        await database.stop()
