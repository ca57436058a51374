"""Who read the log is in the log: once for each reader, page and five minutes, and every time somebody's personal data is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from daemun.features.audit.events import READ, REVEALED
from daemun.features.audit.scribe import TENANTS
from daemun.features.audit.searching.looks import store
from daemun.features.audit.searching.marks import Marks
from daemun.plugin import Actor, Visit
from daemun.ports.database import Transaction, Work, micros

AGAIN: Final = 300_000_000
"""Microseconds for which another look of the same reader at the same page says nothing new."""


async def looked(visit: Visit, marks: Marks, page: str) -> None:
    """Durable when it returns."""
    mark = marks.of("look", f"{visit.actor} {visit.actor.session} {page}")
    if await visit.read(_is_due, mark):
        await visit.work(_look, visit.actor, mark, page)


async def revealed(visit: Visit, index: int, subjects: Sequence[str], reason: str) -> None:
    """Before anything is shown: what cannot be recorded is not opened."""
    await visit.work(_reveal, visit.actor, index, subjects, reason)


def _is_due(tx: Transaction, mark: int) -> bool:
    return not store.seen(tx, mark, micros(tx.now) - AGAIN)


def _look(work: Work, by: Actor, mark: int, page: str) -> None:
    now = micros(work.now)
    if not store.seen(work, mark, now - AGAIN):
        work.publish(READ.by(by, work.now, page=page))  # first: on a full disk the note fails, and this is kept aside
        store.note(work, mark, now, now - AGAIN)


def _reveal(work: Work, by: Actor, index: int, subjects: Sequence[str], reason: str) -> None:
    for subject in subjects:
        person = None if subject == TENANTS else subject
        work.publish(REVEALED.by(by, work.now, target=person, index=index, reason=reason))
