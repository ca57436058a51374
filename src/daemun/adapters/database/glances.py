"""Reads of one statement on PostgreSQL: a few connections on the event loop, and no thread in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from sqlalchemy import Engine

from daemun.adapters.database.line import Line, Lost, unavailable
from daemun.adapters.database.postgresserver import is_away
from daemun.adapters.database.seats import Seat
from daemun.core.errors import Unavailable
from daemun.ports.database import Parts, Plain, Together

LINES: Final = 4
DEEP: Final = 16
"""So many wait on one connection before another is opened: one will do until the server has to read from its disk."""
PAUSE_SECONDS: Final = 1.0


class Glances:
    """Connects when it is asked. Serves the event loop it is asked on."""

    def __init__(self, engine: Engine, *, bound: int) -> None:
        self._engine = engine
        self._bound = bound
        self._lines: list[Line] = []
        self._opening: asyncio.Task[Line | Exception] | None = None
        self._alone_until = 0.0
        self._asking = 0
        self._quiet: asyncio.Future[None] | None = None

    async def ask(self, statement: Together, parameters: Mapping[str, Plain]) -> Parts:
        """What a lost connection left unanswered is asked again, once, on another."""
        if self._asking >= self._bound:
            raise Unavailable
        self._asking += 1
        try:
            try:
                return await (self._line() or await self._opened()).ask(statement, parameters)
            except Lost:
                return await (self._line() or await self._opened()).ask(statement, parameters)
        except Lost as error:
            raise unavailable(error) from error
        finally:
            self._asking -= 1
            if self._quiet and not self._asking:
                self._quiet.set_result(None)

    async def close(self) -> None:
        """Whoever asked before is answered. Nobody may ask any more."""
        if self._asking:
            self._quiet = asyncio.get_running_loop().create_future()
            await self._quiet
        if self._opening:
            await self._opening
        for line in list(self._lines):
            line.end(None)

    def _line(self) -> Line | None:
        """The first that is not deep; the least deep one, while another is being opened."""
        for line in self._lines:
            if line.depth < DEEP:
                return line
        if 0 < len(self._lines) < LINES and asyncio.get_running_loop().time() > self._alone_until:
            self._open()
        return min(self._lines, key=lambda line: line.depth, default=None)

    async def _opened(self) -> Line:
        found = await asyncio.shield(self._open())  # others wait for the same one
        if isinstance(found, Line):
            return found
        raise (unavailable(found) if is_away(found) else found)

    def _open(self) -> asyncio.Task[Line | Exception]:
        if self._opening is None:
            self._opening = asyncio.create_task(self._connect())
        return self._opening

    async def _connect(self) -> Line | Exception:
        loop = asyncio.get_running_loop()
        try:
            line = Line(await loop.run_in_executor(None, self._seat), ended=self._lines.remove)
        except Exception as error:
            self._alone_until = loop.time() + PAUSE_SECONDS  # a server that is full is not asked for more at once
            return error
        finally:
            self._opening = None
        self._lines.append(line)
        return line

    def _seat(self) -> Seat:
        return Seat(self._engine.connect())
