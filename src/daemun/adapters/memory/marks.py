"""Marks of those who write: in the thread that writes, between the last statement and the commit."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, Final

from daemun.adapters.memory.naming import Elsewhere, Names, NoMaster, address_of, life_of
from daemun.adapters.memory.scripts import BEGIN, END, MARKED_SECONDS, Script
from daemun.core.ids import RANDOM_BYTES
from daemun.ports.memory import Mark
from daemun.ports.system import Entropy

PATIENCE_SECONDS: Final = 0.3
log = logging.getLogger("daemun.memory")


class ValkeyMarks:
    """Its connections are taken by one thread at a time."""

    def __init__(self, url: str, *, key: bytes, entropy: Entropy) -> None:
        from redis import ConnectionPool  # late: an extra, loaded only where a Valkey is named
        from redis.exceptions import RedisError

        self._pool = ConnectionPool.from_url(
            address_of(url), socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS, retry=None
        )
        self._troubles = (RedisError, OSError, NoMaster, Elsewhere)
        self._key = key
        self._entropy = entropy
        self._idle: list[tuple[Any, str]] = []

    def begin(self, place: str, people: Collection[str]) -> Mark | None:
        mark = Mark(place, self._entropy.bytes(RANDOM_BYTES).hex(), tuple(sorted(people)))
        return mark if self._said(BEGIN, mark) else None

    def end(self, mark: Mark) -> bool:
        return self._said(END, mark)

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[0].disconnect()

    def _said(self, script: Script, mark: Mark) -> bool:
        """On a connection that was idle, which may have broken meanwhile, and then on a new one."""
        while True:
            is_new = not self._idle
            try:
                self._say(script, mark)
            except self._troubles as error:
                if is_new:
                    log.warning("A change could not be marked in Valkey; its answer waits until no process uses the memory: %r", error)
                    return False
                self.close()
            else:
                return True

    def _say(self, script: Script, mark: Mark) -> None:
        names = Names(self._key, mark.place)
        keys = names.marked(mark.people)
        connection, life = self._taken()
        try:
            names.expect(life)
            connection.send_command("EVAL", script.text, len(keys), *keys, mark.nonce, MARKED_SECONDS, check_health=False)
            connection.read_response()
        except BaseException:
            connection.disconnect()  # half an exchange may be left in it
            raise
        self._idle.append((connection, life))

    def _taken(self) -> tuple[Any, str]:
        try:
            return self._idle.pop()  # one operation: threads need no lock here
        except IndexError:
            connection = self._pool.connection_class(**self._pool.connection_kwargs)
        connection.connect()
        told = b""
        for section in ("server", "replication"):
            connection.send_command("INFO", section, check_health=False)
            told += connection.read_response(disable_decoding=True)
        return connection, life_of(told)
