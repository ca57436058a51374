"""Whether the picture that is searched says what the log says: whoever edits it makes the search lie, and no proof notices that."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from daemun.features.audit.accounting import Ranges
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.searching.drawing import store as drawing
from daemun.features.audit.searching.truth import is_true
from daemun.features.audit.service import Audit
from daemun.features.audit.watching import store
from daemun.plugin import Visit
from daemun.ports.ledger import Kept

SLICE: Final = 1000
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Picture:
    audit: Audit

    async def edited(self, visit: Visit) -> list[int]:
        """Entries of which the picture says something else, or nothing, or of which there is no entry: all of them, up to a bound."""
        version, upto = await visit.read(drawing.standing)
        if version != drawing.VERSION:
            return []  # it is being drawn anew
        found = list[int]()
        for start in range(0, upto, SLICE):
            found += await self._differing(visit, start, min(start + SLICE, upto))
            if len(found) >= MOST:
                break
        found += await visit.database.survey(lambda tx: store.drawn_beyond(tx, upto, MOST))
        if not found:
            return []
        gone = await self._gone()  # asked last: what was taken out while we looked is missing by right
        return [idx for idx in found[:MOST] if idx not in gone]

    async def _differing(self, visit: Visit, start: int, end: int) -> list[int]:
        kept = await self.audit.entries(start, end - start)
        rows = await visit.database.survey(lambda tx: store.drawn(tx, start, end))
        return await asyncio.to_thread(_compared, kept, rows)

    async def _gone(self) -> Ranges:
        gone = Ranges()
        async for each in self.audit.controls():
            entry = parse_entry(each.entry)
            for first, end in entry["ranges"] if entry["k"] in ("prune", "tombstone") else ():
                gone.add(first, min(end, each.idx))
        return gone


def _compared(kept: Sequence[Kept], rows: Collection[Any]) -> list[int]:
    """An entry whose bytes are pruned tells nothing any more."""
    drawn = {row.idx: row for row in rows}
    return [each.idx for each in kept if each.entry and not (each.idx in drawn and is_true(drawn[each.idx], parse_entry(each.entry)))]
