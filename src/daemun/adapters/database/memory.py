"""Between a story and its answer: the gate's memory hears of it, or the database says that there is no memory any more.

One row says where the gate remembers. Whoever remembers has read that row within `LEASE` seconds; whoever changes something that the gate
asks for reads it within the transaction, under a lock, and marks the change there. Who cannot, empties the row with the same commit and
waits until nobody can hold a lease on it before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, MetaData, SmallInteger, String, Table, select, update

from daemun.core.ids import RANDOM_BYTES
from daemun.ports.database import Database, DialectName, Hot, Together, Work
from daemun.ports.memory import Mark, Marks
from daemun.ports.system import Entropy

LEASE_SECONDS: Final = 2.0
HOLD_SECONDS: Final = 3.0
"""Longer than a lease, by what clocks may differ in speed."""
LEAVING: Final = "leaving/"
KEY: Final = "gate memory"
memory = Table("daemun_gate_memory", MetaData(), Column("id", SmallInteger, primary_key=True), Column("place", String(100), nullable=False))
PLACE: Final = Together(Hot(select(memory.c.place)))
SEEN: Final = "SELECT place FROM daemun_gate_memory"
# One round trip. The savepoint is there to let go of the lock: two that raised it to the exclusive one would wait for each other.
LOCKED_AND_SEEN: Final = f"SAVEPOINT gate; SELECT pg_advisory_xact_lock_shared(hashtextextended('{KEY}', 0)); {SEEN}"
ALONE: Final = f"SELECT pg_advisory_xact_lock(hashtextextended('{KEY}', 0))"


@dataclass(frozen=True, slots=True)
class Told:
    """What a commit carries along: a mark to end, or the name of a leaving to wait for."""

    mark: Mark | None = None
    leaving: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    marks: Marks | None
    entropy: Entropy

    def before(self, raw: Any, dialect: DialectName, people: Collection[str]) -> Told | None:
        """The last thing of a transaction: what is locked here is held for a commit and no longer."""
        place = self._place(raw, dialect) if people else ""
        if not place:
            return None
        if place.startswith(LEAVING):
            return Told(leaving=place)
        mark = self.marks.begin(place, people) if self.marks else None
        if mark:
            return Told(mark)
        if dialect == "postgresql":
            raw.execute("ROLLBACK TO SAVEPOINT gate")
        return self.leave(raw, dialect)

    def heard(self, told: Told) -> bool:
        """After the commit. False: the place has to be left before anybody is answered."""
        return told.mark is None or (self.marks is not None and self.marks.end(told.mark))

    def leave(self, raw: Any, dialect: DialectName) -> Told:
        """From this commit on nobody gets a lease; those there are run out while the answer is held."""
        if dialect == "postgresql":
            raw.execute(ALONE)
        leaving = LEAVING + self.entropy.bytes(RANDOM_BYTES).hex()
        raw.execute(f"UPDATE daemun_gate_memory SET place = '{leaving}'")  # noqa: S608 - hexadecimal digits of our own
        return Told(leaving=leaving)

    def _place(self, raw: Any, dialect: DialectName) -> str:
        if dialect == "sqlite":
            row = raw.execute(SEEN).fetchone()
        else:
            cursor = raw.execute(LOCKED_AND_SEEN, prepare=False)
            while cursor.nextset():
                pass
            row = cursor.fetchone()
        return row[0] if row else ""


async def place_in(database: Database) -> str:
    (row,) = await database.glance(PLACE)
    return row[0] if row else ""


def leave(work: Work, leaving: str) -> None:
    work.lock(KEY)
    work.run(update(memory).values(place=leaving))


def replace(work: Work, place: str, by: str) -> bool:
    """Whether it was still so."""
    work.lock(KEY)
    return work.run(update(memory).where(memory.c.place == place).values(place=by)) == 1
