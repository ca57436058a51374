"""Who is calling, for the routes of an application."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from daemun.core.errors import Unauthenticated
from daemun.features.identity import Someone
from daemun.web.requires import Requires
from daemun.web.visit import visit_of


class _Known(Requires):
    """A dependency that FastAPI's document shows as a bearer token."""

    async def __call__(self, connection: HTTPConnection) -> Someone:
        actor = await super().__call__(connection)
        if not isinstance(actor, Someone):
            raise Unauthenticated
        return actor


_known = _Known(None)


async def current_user(connection: HTTPConnection) -> Someone:
    """For applications without dependencies: raises what the gate answers as 401 or 403. A change by cookie needs X-CSRF-Token."""
    return await _known(connection)


async def maybe_user(connection: HTTPConnection) -> Someone | None:
    """None where nobody is known, also when a token came that is not accepted."""
    return await current_user(connection) if isinstance(visit_of(connection).actor, Someone) else None


async def permit(connection: HTTPConnection, permission: str) -> None:
    """What `requires` does, where there are no dependencies."""
    await Requires(permission)(connection)


CurrentUser = Annotated[Someone, Depends(_known)]
MaybeUser = Annotated[Someone | None, Depends(maybe_user)]
