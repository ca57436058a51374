"""A receipt for whoever asked for one: their entry with its proof, to keep. A log that is rewritten later contradicts it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from daemun.core.errors import Missing
from daemun.core.ids import ALPHABET, TIME_LETTERS
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.proof import parse_proof
from daemun.features.audit.proving import NOBODY_YET, Cosigned, Proving
from daemun.ports.ledger import Kept, Ledger

AROUND: Final = 10_000_000
"""Microseconds by which an entry's place may differ from its time: it waits for its transaction, and for its turn."""
READ_AT_ONCE: Final = 1000
MOST: Final = 200_000
PATIENCE: Final = 3.0
AGAIN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Receipts:
    proving: Proving

    async def of(self, event_id: str, cosigned: Cosigned = NOBODY_YET) -> bytes:
        """A `.tlog-proof` with the entry as its `extra`. Waits a moment for the signature. Raises `Missing`."""
        for _ in range(int(PATIENCE / AGAIN)):
            try:
                return await asyncio.to_thread(self._now, event_id, cosigned)
            except Missing:
                if await asyncio.to_thread(self._is_past, event_id):
                    raise
                await asyncio.sleep(AGAIN)
        return await asyncio.to_thread(self._now, event_id, cosigned)

    def _is_past(self, event_id: str) -> bool:
        """Whether it would be there by now."""
        standing = self.proving.ledger.standing()
        last = self.proving.ledger.entries(standing.size - 1, 1) if standing and standing.size else []
        return bool(last) and _time(last[0], 0) > made_at(event_id) + AROUND

    def _now(self, event_id: str, cosigned: Cosigned) -> bytes:
        kept = found(self.proving.ledger, event_id)
        if kept is None:
            raise Missing
        proof = parse_proof(self.proving.proof(kept.idx, cosigned))
        return type(proof)(proof.index, proof.hashes, proof.checkpoint, kept.entry).data


def found(ledger: Ledger, event_id: str) -> Kept | None:
    """By its time: entries stand nearly in its order."""
    at = made_at(event_id)
    for kept in _around(ledger, at):
        if kept.entry and b'"i":"%s"' % event_id.encode() in kept.entry and parse_entry(kept.entry)["i"] == event_id:
            return kept
    return None


def made_at(event_id: str) -> int:
    """Microseconds, as its number says."""
    time = 0
    for letter in event_id[:TIME_LETTERS]:
        time = time * len(ALPHABET) + ALPHABET.index(letter)
    return time * 1000


def _around(ledger: Ledger, at: int) -> Iterator[Kept]:
    start = _first_after(ledger, at - AROUND)
    for first in range(start, start + MOST, READ_AT_ONCE):
        batch = ledger.entries(first, READ_AT_ONCE)
        yield from batch
        if not batch or _time(batch[-1], at) > at + AROUND:
            return


def _first_after(ledger: Ledger, at: int) -> int:
    standing = ledger.standing()
    low, high = 0, standing.size if standing else 0
    while low < high:
        middle = (low + high) // 2
        (kept,) = ledger.entries(middle, 1)
        low, high = (middle + 1, high) if _time(kept, 0) < at else (low, middle)
    return low


def _time(kept: Kept, pruned: int) -> int:
    entry: dict[str, Any] = parse_entry(kept.entry) if kept.entry else {"t": pruned}
    return int(entry["t"])
