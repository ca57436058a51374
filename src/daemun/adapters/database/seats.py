"""Connections to PostgreSQL, kept open between their uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from sqlalchemy import Connection, Engine

from daemun.adapters.database.shared import NotTheCaller


class CommitFailed(NotTheCaller):
    """The story was told to its end, and then could not be kept."""


class Seat:
    """One connection. It begins and ends its transactions itself."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.raw: Any = connection.connection.driver_connection
        self._committing = False

    def begin(self, how: str) -> None:
        self._committing = False
        self._say(how)

    def commit(self) -> None:
        # The server answers COMMIT after a failed statement by undoing everything, without an error.
        if self.raw.pgconn.transaction_status == TransactionStatus.INERROR:
            raise RuntimeError("a statement failed and its story went on: on PostgreSQL nothing of it can be kept")
        self._committing = True
        try:
            self._say("COMMIT")
        except psycopg.Error as error:
            raise CommitFailed from error

    def undo(self) -> None:
        with suppress(psycopg.Error):  # a lost connection has undone it already
            if self.raw.pgconn.transaction_status != TransactionStatus.IDLE:
                self._say("ROLLBACK")

    def _say(self, what: str) -> None:
        """A word without parameters and without rows: by libpq itself, which takes a third of the time a cursor takes."""
        wire = self.raw.pgconn
        result = wire.exec_(what.encode())
        if wire.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.error_message.decode("utf-8", "replace"))
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)

    @property
    def is_clean(self) -> bool:
        return not self.raw.closed and self.raw.pgconn.transaction_status == TransactionStatus.IDLE

    @property
    def was_lost(self) -> bool:
        """The connection broke before the commit was asked for: nothing can have been kept."""
        return bool(self.raw.closed) and not self._committing


class Seats:
    """As many as there are threads that ask; each thread takes one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Seat] = []

    @contextmanager
    def taken(self) -> Iterator[Seat]:
        """A seat for the time of a block. After a lost connection the next one is new."""
        seat = self._last() or Seat(self._engine.connect())
        try:
            yield seat
        except BaseException:
            seat.undo()
            raise
        finally:
            if seat.is_clean:
                self._idle.append(seat)
            else:
                dismiss(seat)
                self.close()  # what ended this connection has likely ended those that idle

    def _last(self) -> Seat | None:
        try:
            return self._idle.pop()  # one operation: threads need no lock here
        except IndexError:
            return None

    def close(self) -> None:
        while seat := self._last():
            dismiss(seat)


def dismiss(seat: Seat) -> None:
    with suppress(Exception):  # it is given up because it is broken
        seat.connection.invalidate()
        seat.connection.close()
