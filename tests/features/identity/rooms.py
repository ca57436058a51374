"""A room to keep people in: a real database, real hashing, and a clock that stands still until told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from tests.house import FrozenClock

from daemun.adapters import migrations
from daemun.adapters.argon2 import Argon2Pool
from daemun.adapters.attempts import MIGRATIONS as ATTEMPTS
from daemun.adapters.attempts import DatabaseAttempts
from daemun.adapters.database import open_database
from daemun.adapters.memory import MIGRATIONS as MEMORY
from daemun.adapters.system import SystemEntropy
from daemun.core.actor import SYSTEM, Actor
from daemun.core.circumstance import Circumstance
from daemun.core.event import Happening
from daemun.core.secret import Secret
from daemun.features.identity import Account, Identity, IdentitySettings, Newcomer, User, policy_of
from daemun.features.identity import store as people_store
from daemun.ports.database import Database, Work
from daemun.ports.system import Clock
from daemun.web.visit import Visit

T = TypeVar("T")
HOME = Circumstance(address="203.0.113.9", agent="browser/1")
ADMIN = Actor("user", "01K000000000000000000ADM1N")
KEY = bytes(range(32))
numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    database: Database
    identity: Identity
    heard: list[Happening] = field(default_factory=list)

    async def work(self, story: Callable[..., T], *args: Any, seen: Circumstance = HOME, **how: Any) -> T:
        return await self.database.work(lambda work: story(work, *args, **how), seen)

    async def read(self, query: Callable[..., T], *args: Any, **how: Any) -> T:
        return await self.database.read(lambda tx: query(tx, *args, **how))

    def visit(self, seen: Circumstance = HOME) -> Visit:
        return Visit(self.database, seen)

    async def a_user(self, handle: str = "", *, password: str = "", name: str = "안은주", email: str = "") -> User:
        """Somebody who has joined."""
        handle = handle or f"user_{next(numbers)}"
        encoded = await self.identity.encode(Secret(password)) if password else "no password"
        newcomer = Newcomer(handle, email or f"{handle}@example.com", name, Secret(password))
        return await self.work(self.identity.join, newcomer, encoded, role="user")

    async def account(self, user: User) -> Account:
        found = await self.read(self.identity.directory.account, user.id)
        assert found is not None
        return found

    async def becomes(self, user: User, *moves: str) -> None:
        """Moved, by whoever may."""
        for move in moves:
            if move == "sleep":
                await self.work(drowsy, user.id)
            by = {"sleep": SYSTEM, "wake": user.actor, "erase": ADMIN}.get(move, ADMIN)
            moved = await self.work(self.identity.move, user.id, move, by=by)
            assert not isinstance(moved, Exception), moved.code
        self.heard.clear()

    def told(self) -> list[str]:
        """The names of what was said since the last asking."""
        names = [each.event.kind.name for each in self.heard]
        self.heard.clear()
        return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Room(Keeping):
    clock: FrozenClock


def drowsy(work: Work, user_id: str) -> None:
    """Somebody who has not come for years, and was told so."""
    from daemun.features.identity.accounts import store

    store.write(work, user_id, {"active_on": 0, "sleep_notices": 2, "noticed_on": 0})


def migrate(url: str) -> None:
    migrations.upgrade(url, {"identity": Path(people_store.__file__).parent / "migrations", "attempts": ATTEMPTS, "memory": MEMORY})


def an_identity(database: Database, hasher: Argon2Pool, rules: IdentitySettings) -> Identity:
    return Identity.of(
        hasher,
        DatabaseAttempts(database),
        rules,
        policy_of(rules),
        lambda _password: False,
        index_key=KEY,
        link_key=KEY[::-1],
        entropy=SystemEntropy(),
    )


@asynccontextmanager
async def keeping(url: str, clock: Clock, **rules: Any) -> AsyncIterator[Keeping]:
    database = open_database(url, clock=clock, entropy=SystemEntropy(), pool=4)
    hasher = Argon2Pool(threads=1, queue=64, pepper=Secret("the pepper of this room, long enough for it"), entropy=SystemEntropy())
    kept = Keeping(database=database, identity=an_identity(database, hasher, IdentitySettings(**rules)))
    await database.start(lambda _work, happening: kept.heard.append(happening))
    try:
        yield kept
    finally:
        await database.stop()
        hasher.close()


@asynccontextmanager
async def a_room(url: str, **rules: Any) -> AsyncIterator[Room]:
    """`a_room(database_url, recovery="temporary")`."""
    migrate(url)
    clock = FrozenClock()
    async with keeping(url, clock, **rules) as kept:
        yield Room(database=kept.database, identity=kept.identity, heard=kept.heard, clock=clock)
