"""How the gate learns who came."""

from __future__ import annotations

from typing import Any, Protocol

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.ports.database import Database


class Recogniser(Protocol):
    """Tells whose bearer token it is. It holds now: a session that ended or a role taken a moment ago, in any process, counts.

    `signed` is the part without the database; it raises a `Refusal` for a token that proves nothing. `known` is one glance.
    """

    def signed(self, token: str) -> Any: ...

    async def known(self, database: Database, signed: Any) -> Actor | Refusal: ...
