"""Connections to Valkey on the event loop, each knowing which life of which server it leads to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

from daemun.adapters.memory.naming import NoMaster, address_of, life_of
from daemun.adapters.memory.scripts import READING, Script

PATIENCE_SECONDS: Final = 0.1
LOOKING_SECONDS: Final = 1.0
"""For whoever looks which server it is: nobody waits for them."""
REST_SECONDS: Final = 1.0
MOST: Final = 32
log = logging.getLogger("daemun.memory")


class Lines:
    """Nobody waits here for long: after a trouble it is quiet for a second, and the database is asked."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import ConnectionPool  # late: an extra, loaded only where a Valkey is named
        from redis.exceptions import RedisError

        self._pool = ConnectionPool.from_url(address_of(url), retry=None)
        self._troubles = (RedisError, OSError, NoMaster, TimeoutError)
        self._idle: list[tuple[Any, str]] = []
        self._busy = 0
        self._quiet_until = 0.0

    async def ask(self, life: str, script: Script, keys: Sequence[str], args: Sequence[str | int | bytes]) -> Any | None:
        """What the script answers; None when there is no answer from that life of a server."""
        return await self._spoken(PATIENCE_SECONDS, life, "EVALSHA", script.name, len(keys), *keys, *args)

    async def life(self) -> str | None:
        """Which server answers now."""
        return await self._spoken(LOOKING_SECONDS, None, "PING")

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop()[0].disconnect()

    async def _spoken(self, patience: float, life: str | None, *command: str | int | bytes) -> Any | None:
        now = asyncio.get_running_loop().time()
        if self._busy >= MOST or now < self._quiet_until:
            return None
        self._busy += 1
        try:
            async with asyncio.timeout(patience):
                return await self._exchanged(life, command)
        except self._troubles as error:
            log.info("Valkey does not answer; the database is asked: %r", error)
            self._quiet_until = now + REST_SECONDS
            await self.close()  # what broke this connection has likely broken those that idle
            return None
        finally:
            self._busy -= 1

    async def _exchanged(self, life: str | None, command: Sequence[str | int | bytes]) -> Any | None:
        connection, its = self._idle.pop() if self._idle else await self._opened()
        try:
            if life not in (its, None):  # it may lead to a server that was restarted since, or to the one before
                await connection.disconnect()
                return None
            await connection.send_command(*command, check_health=False)
            answer = await connection.read_response(disable_decoding=True)
        except BaseException:
            await connection.disconnect(nowait=True)  # its answer may still come: nobody must take it for theirs
            raise
        self._idle.append((connection, its))
        return its if life is None else answer

    async def _opened(self) -> tuple[Any, str]:
        connection: Any = self._pool.connection_class(**self._pool.connection_kwargs)
        try:
            await connection.connect()
            told = b""
            for section in ("server", "replication"):
                told += await _answer(connection, "INFO", section)
            for script in READING:
                await _answer(connection, "SCRIPT", "LOAD", script.text)
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        return connection, life_of(told)


async def _answer(connection: Any, *command: str) -> bytes:
    await connection.send_command(*command, check_health=False)
    answer: bytes = await connection.read_response(disable_decoding=True)
    return answer
