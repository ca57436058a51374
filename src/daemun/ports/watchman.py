"""What is told of requests as such: who was refused, and who looked at what."""

from __future__ import annotations

from typing import Protocol

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.ports.database import Database


class Watchman(Protocol):
    """Says it in events of its own, bounded: whoever asks in a loop is told of once in a while.

    A refusal stands whatever comes of telling it: a record that fails is counted in `lost`, and raises nothing. A reading is told
    before anything is shown, and not shown when it cannot be told: `seen` raises what the database raises.
    """

    @property
    def lost(self) -> int: ...

    def minds(self, path: str) -> bool:
        """Whether it is sensitive."""
        ...

    async def denied(self, database: Database, circumstance: Circumstance, actor: Actor, permission: str, path: str) -> None:
        """`path` as its route declares it."""
        ...

    async def refused(self, database: Database, circumstance: Circumstance, actor: Actor, code: str, path: str) -> None:
        """Something sensitive, to somebody who lacked more, or other, than a permission: nobody known, too often, too long ago."""
        ...

    async def seen(self, database: Database, circumstance: Circumstance, actor: Actor, permission: str, path: str) -> None: ...
