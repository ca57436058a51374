"""New events as they enter the log, over Server-Sent Events: filtered as a page is, for as long as whoever listens may listen."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from starlette.requests import HTTPConnection

from daemun.core.errors import Refusal
from daemun.features.audit.searching.errors import TooManyTails
from daemun.features.audit.searching.found import Found
from daemun.features.audit.searching.query import Query
from daemun.features.audit.searching.reader import People, Reader, own_of
from daemun.plugin import Visit
from daemun.ports.database import Transaction
from daemun.web.visit import again_of

EVERY: Final = 0.2
"""Seconds between two looks. All processes see what one draws, so looking is all it takes."""
HEARTBEAT: Final = 15.0
"""Seconds after which proxies would think nobody is there; then it is asked, too, whether they may still listen."""
AT_ONCE: Final = 100
MOST: Final = 5
Again = Callable[[], Awaitable[Visit]]


@dataclass(frozen=True, slots=True)
class Tail:
    reader: Reader
    pace: Callable[[], float]
    heartbeat: float = HEARTBEAT
    open_now: Counter[str] = field(default_factory=Counter)

    def again(self, connection: HTTPConnection) -> Again:
        return again_of(connection)

    async def open(self, visit: Visit, q: str, last: str | None, again: Again) -> AsyncIterator[bytes]:
        """Refuses before it begins to answer. `last`: the index that was seen last, as browsers send it when they come back."""
        query, own = self.reader.search.parse(q), own_of(visit)
        who = str(visit.actor)
        if self.open_now[who] >= MOST:
            raise TooManyTails(retry_after=60, most=MOST)
        await self.reader.looked(visit, "/api/v1/audit/events/tail")
        begun = int(last) if last and last.isascii() and last.isdecimal() and len(last) < 16 else None
        at = begun if begun is not None else await visit.read(self.reader.search.drawn) - 1
        return self._stream(visit, query, at, again, who, own)

    async def _stream(self, visit: Visit, query: Query, at: int, again: Again, who: str, own: str | None) -> AsyncIterator[bytes]:
        if self.open_now[who] >= MOST:  # asked again: two may have come at one moment
            yield b"event: end\ndata: too_many_tails\n\n"
            return
        self.open_now[who] += 1
        try:
            yield b"retry: 2000\n\n"
            async for piece in self._pieces(visit, query, at, again, own):
                yield piece
        finally:
            self.open_now[who] -= 1
            if not self.open_now[who]:
                del self.open_now[who]

    async def _pieces(self, visit: Visit, query: Query, at: int, again: Again, own: str | None) -> AsyncIterator[bytes]:
        asked = self.pace()
        while True:
            found, people, upto = await visit.database.survey(partial(self._ask, query=query, at=at, own=own))
            if found and not await self._may(again, own):
                break
            for each in found:
                yield self._told(visit, each, people)
            # What does not match is passed over for good, up to what had been drawn when it was looked.
            at = found[-1].idx if len(found) == AT_ONCE else max(at, upto - 1)
            if self.pace() - asked >= self.heartbeat:
                asked = self.pace()
                if not await self._may(again, own):
                    break
                yield b": alive\n\n"
            if len(found) < AT_ONCE:
                await asyncio.sleep(EVERY)
        yield b"event: end\ndata: not_allowed_any_more\n\n"

    def _ask(self, tx: Transaction, query: Query, at: int, own: str | None) -> tuple[list[Found], People, int]:
        search = self.reader.search
        upto = search.drawn(tx)
        found = search.since(tx, query, at, AT_ONCE, own=own) if upto > at + 1 else []
        return found, self.reader.people(tx, found), upto

    async def _may(self, again: Again, own: str | None) -> bool:
        """Whether their session still lives, and lets them see as much as when they came. What cannot be asked ends it."""
        try:
            now = await again()
            return now.actor.is_known and now.refusal is None and own_of(now) == own
        except Refusal:
            return False

    def _told(self, visit: Visit, found: Found, people: People) -> bytes:
        told = self.reader.told(visit, [found], people)[0]
        return f"id: {found.idx}\nevent: audit\ndata: {told.model_dump_json(by_alias=True)}\n\n".encode()
