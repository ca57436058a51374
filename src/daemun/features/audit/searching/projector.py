"""Draws the picture of the log that is searched, by the one process that leads the log, a batch at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import sleep
from typing import Any, Final

from daemun.core.actor import SHELL
from daemun.core.event import EventKind
from daemun.features.audit.accounting import Ranges
from daemun.features.audit.bundle import Progress, quiet
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.events import REBUILT
from daemun.features.audit.sealing import SubjectKey
from daemun.features.audit.searching import opening
from daemun.features.audit.searching.drawing import store as drawing
from daemun.features.audit.searching.drawing.store import Row
from daemun.features.audit.searching.marks import PARTS, Mark, Marks
from daemun.features.audit.searching.months import store as months
from daemun.features.audit.searching.sweeping import store as sweeping
from daemun.features.audit.searching.truth import open_facts
from daemun.features.audit.service import Audit, Revealed
from daemun.plugin import Visit
from daemun.ports.database import Transaction, Work

BATCH: Final = 250
"""Whoever writes to SQLite meanwhile waits for one of these, about 10 ms on a quiet machine, and only while much is to be drawn."""
BATCH_ALONE: Final = 5000
"""When nobody is served meanwhile."""
AT_ONCE: Final = 50
"""So many batches before it is looked what is to be taken out."""
SLICE: Final = 500
EVERY: Final = 0.1
"""Seconds between two looks at the log: as often as the sequencer's."""
AT_A_BREATH: Final = 50
BREATH: Final = 0.0001
"""Whoever else wants the interpreter gets it after so many entries: about a millisecond."""
Kinds = Mapping[str, EventKind]
Country = Callable[[str], str | None]
EFFECTS: Final = frozenset({"amend", "tombstone", "prune", "erase"})
NOWHERE: Final = (0, PARTS["tenant"])


@dataclass(frozen=True, slots=True)
class Effect:
    """What an entry does to the picture beside being in it."""

    row: Row
    gone: tuple[tuple[int, int], ...] = ()
    erased: str = ""
    amends: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries made ready: from this place of the log up to that."""

    upto: int
    to: int
    rows: Sequence[tuple[Row, Sequence[Mark]]]
    effects: Sequence[Effect]


@dataclass(frozen=True, slots=True)
class Projector:
    audit: Audit
    marks: Marks
    country: Country
    kinds: Kinds = field(default_factory=dict)

    async def run(self, visit: Visit) -> None:
        """Until cancelled."""
        while True:
            if not self.audit.ledger.leads or not await self.turn(visit):
                await asyncio.sleep(EVERY)

    async def turn(self, visit: Visit, most: int = BATCH) -> bool:
        """Does what is to be done now: all that is there to be drawn, or a piece of what is to be taken out. Whether there may be more."""
        version, upto = await visit.read(drawing.standing)
        if version != drawing.VERSION:
            await self._begin(visit)
            return True
        more = await self._draw(visit, upto, most)
        return await self._sweep(visit) or more

    async def rebuild(self, visit: Visit, progress: Progress, *, alone: bool = False) -> int:
        """Draws all of it anew. May be stopped at any moment, and goes on where it was. Returns how many entries are drawn."""
        await visit.work(_forgotten)
        upto = await self.catch_up(visit, progress, alone=alone)
        await visit.work(months.measured)
        return upto

    async def catch_up(self, visit: Visit, progress: Progress = quiet, *, alone: bool = False) -> int:
        """Draws what is missing. A server that runs does that, too: neither is in the other's way. `alone`: none does."""
        while True:
            await self.turn(visit, BATCH_ALONE if alone else BATCH)
            (version, upto), size = await visit.read(drawing.standing), (await self.audit.standing()).size
            progress(upto, size)
            if version == drawing.VERSION and upto >= size and not await visit.read(self.due):
                return upto

    async def prepare(self, visit: Visit) -> int:
        """Room for the months to come."""
        return await visit.work(months.ahead)

    async def _begin(self, visit: Visit) -> None:
        while await visit.work(sweeping.wipe, SLICE):
            pass
        gone = [span async for each in self.audit.controls() for span in _gone(each.idx, parse_entry(each.entry))]
        await visit.work(_begun, gone)

    async def _draw(self, visit: Visit, upto: int, most: int) -> bool:
        """The next batch is made ready while this one is written."""
        batch = await self._ready(visit, upto, most)
        for _ in range(AT_ONCE):
            if batch is None:
                return False
            writing = visit.work(self._drawn, batch)
            following = self._ready(visit, batch.to, most) if batch.to - batch.upto == most else _nothing()
            is_ours, batch = await asyncio.gather(writing, following)
            if not is_ours:
                return True
        return True

    async def _ready(self, visit: Visit, upto: int, most: int) -> Batch | None:
        kept = await self.audit.entries(upto, most)
        if not kept:
            return None
        entries = await asyncio.to_thread(opening.parsed, kept)
        keys = await visit.database.survey(partial(self.audit.scribe.keys.named, names=opening.names_of(entries)))
        return await asyncio.to_thread(self._made, entries, keys, upto, kept[-1].idx + 1)

    def _made(self, entries: Sequence[opening.Parsed], keys: Mapping[str, SubjectKey], upto: int, to: int) -> Batch:
        rows, effects = list[tuple[Row, Sequence[Mark]]](), list[Effect]()
        for at in range(0, len(entries), AT_A_BREATH):
            for told in opening.opened(entries[at : at + AT_A_BREATH], keys):
                row, found = self.row(told)
                rows.append((row, found))
                if row.kind in EFFECTS:
                    effects.append(_effect(row, told))
            sleep(BREATH)
        return Batch(upto, to, rows, effects)

    def row(self, told: Revealed) -> tuple[Row, Sequence[Mark]]:
        """As it is drawn, with what it is looked up by."""
        entry, kind = told.entry, self.kinds.get(f"{told.entry.get('a')}.{told.entry.get('o')}")
        public = public_of(kind)
        found = {mark for part, said in told.parts.items() if said for mark in self.marks.part(part, said, public)}
        country, holder = self._country(told.parts) or NOWHERE
        *said_openly, ref = open_facts(entry)
        row = Row._make((told.idx, *said_openly, (kind.resource_type or "") if kind else "", country, holder, ref, -1))
        return row, sorted(found)

    def _country(self, parts: Mapping[str, Any]) -> tuple[int, int] | None:
        """Of the address that some part tells, and which part that is."""
        for name, said in parts.items():
            if said and said.get("address"):
                code = self.country(said["address"])
                return self.marks.country(code) if code else 0, PARTS[name]
        return None

    def _drawn(self, work: Work, batch: Batch) -> bool:
        """False when somebody else has drawn it."""
        if not drawing.move(work, batch.upto, batch.to):
            return False
        hidden = Ranges([(each.first, each.end) for each in sweeping.planned(work) if not each.surrogate])
        shown = [each for each in batch.rows if each[0].idx not in hidden] if hidden.spans else batch.rows
        months.room_for(work, [row.at for row, _ in shown])
        drawing.add(work, shown)
        for each in batch.effects:
            if each.amends is not None:
                self._amended(work, each.row, each.amends)
            if each.gone or each.erased:
                sweeping.plan(work, each.gone, each.erased)
        return True

    def _amended(self, work: Work, row: Row, said: Mapping[str, Any]) -> None:
        parts = {name: each for name, each in said.items() if replaces(name, each)}
        found = {mark for part, each in parts.items() for mark in self.marks.part(part, each, frozenset(each.get("details", ())))}
        sweeping.amend(work, row.idx, row.ref, [PARTS[each] for each in parts], self._country(parts), found)

    def due(self, tx: Transaction) -> list[sweeping.Sweep]:
        _, upto = drawing.standing(tx)
        return [each for each in sweeping.planned(tx) if each.surrogate or each.end <= upto]

    async def _sweep(self, visit: Visit) -> bool:
        due = await visit.read(self.due)
        if due:
            await visit.work(sweeping.swept, due[0], SLICE)
        return bool(due)


async def _nothing() -> None:
    """In the place of a batch that there is not."""


def _effect(row: Row, told: Revealed) -> Effect:
    entry = told.entry
    amends = {name: said for name, said in told.parts.items() if said} if row.kind == "amend" else None
    return Effect(row, tuple(_gone(told.idx, entry)), entry["sg"] if row.kind == "erase" else "", amends)


def public_of(kind: EventKind | None) -> frozenset[str]:
    """Those details of a kind that are nobody's personal data."""
    return frozenset(name for name, holder in kind.fields.items() if holder == "public") if kind else frozenset()


def replaces(part: str, said: Mapping[str, Any]) -> bool:
    """An amendment's tenant part always tells why it was made; that alone stands for nothing else."""
    return part != "tenant" or bool(said.keys() - {"reason"})


def _gone(idx: int, entry: Mapping[str, Any]) -> Iterable[tuple[int, int]]:
    if entry["k"] in ("prune", "tombstone"):
        for first, end in entry["ranges"]:
            yield first, min(end, idx)  # nothing authorises what comes after it


def _begun(work: Work, gone: Sequence[tuple[int, int]]) -> None:
    """`gone`: what the log says is taken out already."""
    if drawing.begin(work):
        sweeping.plan(work, gone)


def _forgotten(work: Work) -> None:
    """The next turn, here or in a server that runs, finds nothing that counts, and begins anew."""
    sweeping.wipe(work, SLICE)
    work.publish(REBUILT.by(SHELL, work.now))
