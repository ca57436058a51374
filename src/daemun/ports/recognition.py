"""How the gate learns who came."""

from __future__ import annotations

from typing import Any, Protocol

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.ports.database import Database


class Recogniser(Protocol):
    """Tells whose token, API key or cookie it is. It holds now: a session that ended or a role taken a moment ago, in any process, counts.

    `signed` and `signed_cookie` are the part without the database: they raise a `Refusal` for a bearer token or the value of a session
    cookie that proves nothing. `known` is one glance; `circumstance` is where it came from.
    """

    def signed(self, token: str) -> Any: ...

    def signed_cookie(self, value: str) -> Any: ...

    async def known(self, database: Database, signed: Any, circumstance: Circumstance) -> Actor | Refusal: ...
