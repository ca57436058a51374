"""A small table, an event, and a database opened around a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import Column, MetaData, String, Table, bindparam, insert, select, text

from daemun.adapters.database import alone, open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.actor import SYSTEM
from daemun.core.circumstance import Circumstance
from daemun.core.event import Event, EventKind, Happening
from daemun.ports.database import Database, Dispatch, Hot, Instant, Transaction, Work

HERE = Circumstance(request_id="r1", address="203.0.113.9")
NOTED = EventKind("test.noted", outcome="success", retention="data", fields={"what": "public"})
notes = Table("daemun_notes", MetaData(), Column("name", String(50), primary_key=True), Column("at", Instant))
NOTE = Hot(select(notes.c.name, notes.c.at).where(notes.c.name == bindparam("name")))

REPLIES = """CREATE TABLE daemun_replies
    (id INTEGER PRIMARY KEY, note VARCHAR(50) REFERENCES daemun_notes (name) DEFERRABLE INITIALLY DEFERRED)"""


def nobody_listens(work: Work, happening: Happening) -> None:
    """A dispatch without listeners."""


def written_down(work: Work, happening: Happening) -> None:
    """A listener that leaves a row, as an audit log does."""
    note(work, f"heard {happening.event.details['what']}")


def refusing_to_hear(work: Work, happening: Happening) -> None:
    raise RuntimeError("the listener is broken")


def event(work: Work, what: str) -> Event:
    return NOTED.by(SYSTEM, work.now, what=what)


def note(work: Work, name: str) -> str:
    work.run(insert(notes).values(name=name, at=work.now))
    return name


def reply_to_nobody(work: Work) -> None:
    """Breaks a rule that is looked at only when the whole is committed; the table is made by `REPLIES`."""
    work.run(text("INSERT INTO daemun_replies (id, note) VALUES (1, 'nobody')"))


def names(tx: Transaction) -> list[str]:
    return [row.name for row in tx.all(select(notes.c.name).order_by(notes.c.name))]


@asynccontextmanager
async def opened(url: str, dispatch: Dispatch = nobody_listens, *, pool: int = 8, queue: int = 2000) -> AsyncIterator[Database]:
    """The database behind `url`, with the table, open for the time of a block."""
    with alone(url) as connection:
        notes.metadata.create_all(connection)
    database = open_database(url, clock=SystemClock(), entropy=SystemEntropy(), pool=pool, queue=queue)
    await database.start(dispatch)
    try:
        yield database
    finally:
        await database.stop()


def execute(url: str, *statements: str) -> None:
    """What a test arranges behind the back of the adapter."""
    with alone(url) as connection:
        for each in statements:
            connection.execute(text(each))


def hang_up(url: str) -> None:
    """Ends every other connection to the database, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
