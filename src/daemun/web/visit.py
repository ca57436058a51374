"""One request as the house sees it: who, from where, and the two ways to the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Concatenate, Generic, ParamSpec, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from daemun.core.actor import NOBODY, Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.ports.database import Database, Transaction, Work
from daemun.ports.watchman import Watchman
from daemun.web.cookies import NO_BROWSER, Browser

P = ParamSpec("P")
T = TypeVar("T")
SCOPE_KEY = "daemun.visit"
AGAIN_KEY = "daemun.again"


@dataclass(frozen=True, slots=True)
class Visit:
    database: Database
    circumstance: Circumstance
    actor: Actor = NOBODY
    refusal: Refusal | None = None
    """Why the token that came along was not accepted. It matters only where somebody must be known."""
    browser: Browser = NO_BROWSER
    by_cookie: bool = False
    """Known by the session cookie, which a browser sends unasked: a change needs more than that."""
    query: str = field(default="", repr=False)
    """What stood behind the question mark. It may hold the token of a link."""
    watchman: Watchman | None = field(default=None, repr=False)

    async def read(self, query: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A short query in one consistent view."""
        return await self.database.read(Told(query, args, kwargs))

    async def work(self, story: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A story that is written whole or not at all; it answers after the commit."""
        return await self.database.work(Told(story, args, kwargs), self.circumstance)

    async def denied(self, permission: str, path: str) -> None:
        """Says that the actor lacked it. Never raises: what is refused stays refused."""
        if self.watchman is not None:
            await self.watchman.denied(self.database, self.circumstance, self.actor, permission, path)

    async def refused(self, code: str, path: str) -> None:
        """Says that something sensitive was refused. Never raises, as above."""
        if self.watchman is not None:
            await self.watchman.refused(self.database, self.circumstance, self.actor, code, path)

    async def seen(self, permission: str, path: str) -> None:
        """Says that something is looked at, if it is sensitive. Raises what the database raises: then it must not be shown."""
        if self.watchman is not None and self.watchman.minds(path):
            await self.watchman.seen(self.database, self.circumstance, self.actor, permission, path)


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A story with what it is told of. Unlike a lambda it still knows the story's name, for those who trace."""

    story: Callable[..., T]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def __call__(self, tx: Any) -> T:
        return self.story(tx, *self.args, **self.kwargs)


def visit_of(connection: HTTPConnection) -> Visit:
    visit = connection.scope.get(SCOPE_KEY)
    if not isinstance(visit, Visit):
        raise TypeError("this request did not come through the gate")
    return visit


def again_of(connection: HTTPConnection) -> Callable[[], Awaitable[Visit]]:
    """Asks anew who it is that a long answer goes to: their session may have ended since it began."""
    again: Callable[[], Awaitable[Visit]] = connection.scope[AGAIN_KEY]
    return again


async def _dependency(connection: HTTPConnection) -> Visit:
    return visit_of(connection)


CurrentVisit = Annotated[Visit, Depends(_dependency)]
