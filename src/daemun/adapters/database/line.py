"""A connection to PostgreSQL which many questions share: asked one behind the other on the event loop, answered in that order."""

from __future__ import annotations

import asyncio
import logging
import os
import select
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from daemun.adapters.database.postgresserver import is_away, is_worth_repeating
from daemun.adapters.database.question import Asked, Prepared
from daemun.adapters.database.seats import Seat, dismiss
from daemun.core.errors import Unavailable
from daemun.ports.database import Parts, Plain, Together

log = logging.getLogger("daemun.database")
PATIENCE_SECONDS: Final = 12.0
"""Longer than the server's own limit for a statement: this is for a server that says nothing any more."""
FORGOTTEN: Final = (b"26000", b"0A000")
"""The server does not know the prepared statement any more, or its tables have changed since."""
ENDING: Final = (b"FATAL", b"PANIC")


class Lost(Exception):
    """No answer came. Nothing was written, so it may be asked again."""


class HungUp(Exception):
    """The connection has come to its end."""


class Misaligned(HungUp):
    """What came is not the answer to this question. Nobody gets it, and the connection is not used any more."""


class Line:
    """Each question ends with a sync of its own: what came before it is its answer, and its error is not the next one's."""

    def __init__(self, seat: Seat, *, ended: Callable[[Line], None], patience: float = PATIENCE_SECONDS) -> None:
        self._loop = asyncio.get_running_loop()
        self._seat = seat
        self._ended = ended
        self._patience = patience
        self._wire: PGconn = seat.raw.pgconn
        self._wire.nonblocking = 1
        self._wire.enter_pipeline_mode()
        self._has_records = self._wire.ssl_in_use
        self._values = Transformer(seat.raw)
        self._waiting: deque[Asked] = deque()
        self._prepared: dict[Together, Prepared] = {}
        self._names = self._number = 0
        self._alarm: asyncio.TimerHandle | None = None
        self._is_open = True
        # Our own handle: libpq closes its socket when it finds it broken, and another file may get that number at once.
        self._socket = os.dup(self._wire.socket)
        self._news = select.poll()
        self._news.register(self._socket, select.POLLIN)
        self._loop.add_reader(self._socket, self._readable)

    @property
    def depth(self) -> int:
        """How many wait for their answer."""
        return len(self._waiting)

    def ask(self, statement: Together, parameters: Mapping[str, Plain]) -> asyncio.Future[Parts]:
        """`Lost`, `Unavailable`, or what the server says is wrong with the statement come with the answer."""
        if not self._is_open:
            raise Lost
        prepared = self._prepared.get(statement) or self._named(statement)
        self._number += 1
        values = prepared.filled(parameters, self._number)
        asked = Asked(self._number, statement, prepared, self._loop.time() + self._patience, self._loop.create_future())
        self._waiting.append(asked)
        try:
            self._send(asked, values)
        except Exception as error:  # half of it may have left: what comes back could not be told apart
            self.end(error)
        return asked.answer

    def _named(self, statement: Together) -> Prepared:
        self._names += 1
        return Prepared.of(statement, f"daemun_{self._names}", self._values.encoding)

    def _send(self, asked: Asked, values: list[bytes | None]) -> None:
        if self._alarm is None:
            self._alarm = self._loop.call_at(asked.until, self._ring)
        if asked.statement not in self._prepared:
            self._wire.send_prepare(asked.prepared.name, asked.prepared.sql)
            self._prepared[asked.statement] = asked.prepared
        self._wire.send_query_prepared(asked.prepared.name, values)
        self._wire.pipeline_sync()
        if self._wire.flush():
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        try:
            if not self._wire.flush():
                self._loop.remove_writer(self._socket)
        except Exception as error:
            self.end(error)

    def _readable(self) -> None:
        try:
            is_ready = True
            while is_ready:  # to the end of what is there: uvloop does not call again for a connection that was reset
                self._wire.consume_input()
                if self._has_records:  # libpq may have left a part of a TLS record unread, of which the socket knows nothing
                    self._wire.consume_input()
                self._listen()
                is_ready = bool(self._news.poll(0))
        except Exception as error:
            self.end(error)

    def _listen(self) -> None:
        was_nothing = False
        while self._waiting and not self._wire.is_busy():
            result = self._wire.get_result()
            if result is None:  # once between two results; twice when there is nothing more
                if was_nothing:
                    raise HungUp("an answer is missing")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                self._waiting[0].tell(self._outcome(self._waiting[0]))
                self._waiting.popleft()
            else:
                self._waiting[0].hear(result)
            was_nothing = result is None

    def _outcome(self, asked: Asked) -> Parts | Exception:
        result = asked.result
        if result is None:
            raise Misaligned("a question ended without an answer")
        if result.status != ExecStatus.TUPLES_OK:
            return self._error(asked, result)
        self._values.set_pgresult(result)
        row = self._values.load_row(0, tuple)
        if row[-1] != asked.number:
            raise Misaligned("an answer came to another question")
        return asked.statement.parted(row)

    def _error(self, asked: Asked, result: PGresult) -> Exception:
        error = error_from_result(result, encoding=self._values.encoding)
        if self._wire.status == ConnStatus.BAD or result.error_field(DiagnosticField.SEVERITY_NONLOCALIZED) in ENDING:
            raise HungUp from error
        if result.error_field(DiagnosticField.SQLSTATE) in FORGOTTEN:
            if self._prepared.get(asked.statement) is asked.prepared:
                del self._prepared[asked.statement]
            return Lost()
        if is_worth_repeating(error):
            return Lost()
        return unavailable(error) if is_away(error) else error

    def _ring(self) -> None:
        self._alarm = None
        if self._waiting and self._waiting[0].until > self._loop.time():
            self._alarm = self._loop.call_at(self._waiting[0].until, self._ring)
        elif self._waiting:
            self.end(TimeoutError("the server does not answer"))

    def end(self, cause: Exception | None) -> None:
        """Hangs up. Whoever still waits hears `Lost`, or `Unavailable` when the wait has been long already."""
        if not self._is_open:
            return
        self._is_open = False
        self._ended(self)
        if isinstance(cause, Misaligned):
            log.critical("PostgreSQL's answers did not match the questions; that connection is given up", exc_info=cause)
        if self._alarm:
            self._alarm.cancel()
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        os.close(self._socket)
        dismiss(self._seat)
        for asked in self._waiting:
            asked.tell(unavailable(cause) if isinstance(cause, TimeoutError) else Lost())
        self._waiting.clear()


def unavailable(cause: BaseException | None) -> Unavailable:
    told = Unavailable()
    told.__cause__ = cause
    return told
