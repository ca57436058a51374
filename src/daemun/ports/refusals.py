"""What was refused to somebody who is known."""

from __future__ import annotations

from typing import Protocol

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.ports.database import Database


class Refusals(Protocol):
    """Says that an actor lacked a permission, bounded: whoever asks in a loop is told of once in a while.

    The refusal stands whatever comes of this: a record that fails is counted in `lost`, and raises nothing.
    """

    @property
    def lost(self) -> int: ...

    async def denied(self, database: Database, circumstance: Circumstance, actor: Actor, permission: str, path: str) -> None: ...
