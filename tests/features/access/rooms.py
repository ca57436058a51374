"""A room where roles are given and taken: a real database, and a few permissions to give."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.house import FrozenClock

from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.memory import MIGRATIONS as MEMORY
from daemun.adapters.system import SystemEntropy
from daemun.core.actor import SYSTEM, Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.core.event import Happening
from daemun.features.access import PERMISSIONS, Access, Draft, RolePolicy, store
from daemun.plugin import Permission
from daemun.ports.database import Database

T = TypeVar("T")
HERE = Circumstance(address="203.0.113.9")
OTHERS = (
    "users.read",
    "users.manage",
    "users.recover",
    "audit.read",
    "runs.create",
    "runs.send",
    "runs.read",
    "files.own",
    "settings.manage",
    "plans.manage",
    "posts.manage",
)
CATALOGUE = (*PERMISSIONS, *(Permission(each, each, each) for each in OTHERS), Permission("stocks.read", "종목", "Stocks", ("user", "pro")))


def user_id(name: str) -> str:
    return f"01K{name.upper():0>23}"


@dataclass(slots=True)
class Room:
    database: Database
    access: Access
    policy: RolePolicy
    asleep: set[str] = field(default_factory=set)
    heard: list[Happening] = field(default_factory=list)

    async def work(self, story: Callable[..., T], *args: Any, **how: Any) -> T:
        return await self.database.work(lambda work: story(work, *args, **how), HERE)

    async def read(self, query: Callable[..., T], *args: Any, **how: Any) -> T:
        return await self.database.read(lambda tx: query(tx, *args, **how))

    async def refused(self, code: str, story: Callable[..., Any], *args: Any, **how: Any) -> Refusal:
        with pytest.raises(Refusal) as caught:
            await self.work(story, *args, **how)
        assert caught.value.code == code
        return caught.value

    async def somebody(self, name: str, *roles: str) -> Actor:
        """Given roles by the house, and seen by the gate."""
        for role in roles:
            await self.work(self.access.grant, SYSTEM, user_id(name), role)
        self.heard.clear()
        return await self.seen(name)

    async def seen(self, name: str) -> Actor:
        """As the gate would see them now."""
        rights = await self.read(self.access.rights_of, user_id(name))
        return Actor("user", user_id(name), rights.permissions, handle=name)

    async def roles(self, name: str) -> tuple[str, ...]:
        return await self.read(self.access.roles_of, user_id(name))

    async def write(self, name: str, *grants: str, by: Actor = SYSTEM) -> int:
        return (await self.work(self.policy.create, by, Draft(name, name, name, grants))).version

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What was said since the last asking."""
        said = [(each.event.kind.name, dict(each.event.details)) for each in self.heard]
        self.heard.clear()
        return said


def migrate(url: str) -> None:
    migrations.upgrade(url, {"access": Path(store.__file__).parent / "migrations", "memory": MEMORY})


@asynccontextmanager
async def a_room(url: str, catalogue: Iterable[Permission] = CATALOGUE) -> AsyncIterator[Room]:
    migrate(url)
    asleep: set[str] = set()
    database = open_database(url, clock=FrozenClock(), entropy=SystemEntropy())
    access = Access.of(catalogue, alive=lambda _tx, ids: len(set(ids) - asleep))
    room = Room(database, access, RolePolicy(access), asleep)
    await database.start(lambda _work, happening: room.heard.append(happening))
    try:
        yield room
    finally:
        await database.stop()
