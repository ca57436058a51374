"""Draws the picture of the log that is searched, by the one process that leads the log, a batch at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from daemun.core.actor import SHELL
from daemun.core.event import EventKind
from daemun.features.audit.accounting import Ranges
from daemun.features.audit.bundle import Progress, quiet
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.errors import Refused
from daemun.features.audit.events import REBUILT
from daemun.features.audit.sealing import PartAltered
from daemun.features.audit.searching.drawing import store as drawing
from daemun.features.audit.searching.drawing.store import Row
from daemun.features.audit.searching.marks import PARTS, Mark, Marks
from daemun.features.audit.service import Audit, Revealed
from daemun.plugin import Visit
from daemun.ports.database import Transaction, Work
from daemun.ports.ledger import Kept

log = logging.getLogger("daemun.audit")
BATCH: Final = 500
SLICE: Final = 2000
EVERY: Final = 0.1
"""Seconds between two looks at the log: as often as the sequencer's."""
Kinds = Mapping[str, EventKind]
Country = Callable[[str], str | None]
EFFECTS: Final = frozenset({"amend", "tombstone", "prune", "erase"})


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry made ready, with what it does to the picture beside being in it."""

    row: Row
    marks: frozenset[Mark]
    gone: tuple[tuple[int, int], ...] = ()
    erased: str = ""
    amends: Mapping[str, Any] | None = None


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

    async def turn(self, visit: Visit) -> bool:
        """Does what is to be done now, a piece of it. Whether there may be more."""
        version, upto = await visit.read(drawing.standing)
        if version != drawing.VERSION:
            await self._begin(visit)
            return True
        more = await self._draw(visit, upto)
        return await self._sweep(visit) or more

    async def rebuild(self, visit: Visit, progress: Progress) -> int:
        """Draws all of it anew. May be stopped at any moment, and goes on where it was. Returns how many entries are drawn."""
        await visit.work(_forgotten)
        return await self.catch_up(visit, progress)

    async def catch_up(self, visit: Visit, progress: Progress = quiet) -> int:
        """Draws what is missing. A server that runs does that, too: neither is in the other's way."""
        while True:
            await self.turn(visit)
            (version, upto), size = await visit.read(drawing.standing), (await self.audit.standing()).size
            progress(upto, size)
            if version == drawing.VERSION and upto >= size and not await visit.read(self.due):
                return upto

    async def _begin(self, visit: Visit) -> None:
        while await visit.work(drawing.wipe, SLICE):
            pass
        gone = [span async for each in self.audit.controls() for span in _gone(each.idx, parse_entry(each.entry))]
        await visit.work(drawing.begin, gone)

    async def _draw(self, visit: Visit, upto: int) -> bool:
        kept = await self.audit.entries(upto, BATCH)
        if not kept:
            return False
        made = await visit.database.survey(lambda tx: self._made(tx, kept))
        await visit.work(self._drawn, made, upto, kept[-1].idx + 1)
        return len(kept) == BATCH

    def _made(self, tx: Transaction, kept: Sequence[Kept]) -> list[Drawn]:
        return [self._one(each) for each in readable(self.audit, tx, kept)]

    def _one(self, told: Revealed) -> Drawn:
        entry, kind = told.entry, self.kinds.get(f"{told.entry.get('a')}.{told.entry.get('o')}")
        public = public_of(kind)
        found = frozenset(mark for part, said in told.parts.items() if said for mark in self.marks.part(part, said, public))
        country, holder = self._country(told.parts) or (0, PARTS["tenant"])
        row = Row(
            told.idx,
            entry["t"],
            entry["k"],
            entry.get("a") or f"audit.{entry['k']}",
            entry.get("o", ""),
            entry.get("r") or "",
            entry.get("as", "system"),
            entry.get("tg", entry.get("sg", "")),
            entry.get("c", ""),
            (kind.resource_type or "") if kind else "",
            country,
            holder,
            entry.get("ref", -1),
        )
        if entry["k"] not in EFFECTS:
            return Drawn(row, found)
        amends = {name: said for name, said in told.parts.items() if said} if entry["k"] == "amend" else None
        return Drawn(row, found, tuple(_gone(told.idx, entry)), entry["sg"] if entry["k"] == "erase" else "", amends)

    def _country(self, parts: Mapping[str, Any]) -> tuple[int, int] | None:
        """Of the address that some part tells, and which part that is."""
        for name, said in parts.items():
            if said and said.get("address"):
                code = self.country(said["address"])
                return self.marks.country(code) if code else 0, PARTS[name]
        return None

    def _drawn(self, work: Work, made: Sequence[Drawn], upto: int, to: int) -> None:
        if not drawing.move(work, upto, to):
            return
        hidden = Ranges([(each.first, each.end) for each in drawing.planned(work) if not each.surrogate])
        shown = [each for each in made if each.row.idx not in hidden]
        drawing.add(work, [each.row for each in shown], [(each.row, each.marks) for each in shown])
        for each in made:
            if each.amends is not None:
                self._amended(work, each.row, each.amends)
            if each.gone or each.erased:
                drawing.plan(work, each.gone, each.erased)

    def _amended(self, work: Work, row: Row, said: Mapping[str, Any]) -> None:
        parts = {name: each for name, each in said.items() if replaces(name, each)}
        found = {mark for part, each in parts.items() for mark in self.marks.part(part, each, each.get("details", {}))}
        drawing.amend(work, row.idx, row.ref, [PARTS[each] for each in parts], self._country(parts), found)

    def due(self, tx: Transaction) -> list[drawing.Sweep]:
        _, upto = drawing.standing(tx)
        return [each for each in drawing.planned(tx) if each.surrogate or each.end <= upto]

    async def _sweep(self, visit: Visit) -> bool:
        due = await visit.read(self.due)
        if due:
            await visit.work(drawing.swept, due[0], SLICE)
        return bool(due)


def readable(audit: Audit, tx: Transaction, kept: Sequence[Kept]) -> list[Revealed]:
    """Those that are what they should be: one that was tampered with must not hide the others."""
    try:
        return audit.revealed(tx, kept)
    except (PartAltered, Refused):
        if len(kept) > 1:
            return [told for each in kept for told in readable(audit, tx, [each])]
        log.critical("entry %d of the audit log is not what it was: run daemun audit verify", kept[0].idx)
        return []


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


def _forgotten(work: Work) -> None:
    """The next turn, here or in a server that runs, finds nothing that counts, and begins anew."""
    drawing.wipe(work, SLICE)
    work.publish(REBUILT.by(SHELL, work.now))
