"""Asks witnesses to cosign what the log has signed: whoever rewrites it afterwards would have to convince them, too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from daemun.features.audit.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from daemun.features.audit.errors import Refused
from daemun.features.audit.merkle import consistency_proof
from daemun.features.audit.notes import VerifierKey, split_note
from daemun.features.audit.proving import Proving
from daemun.features.audit.service import Audit
from daemun.features.audit.signing import size_of
from daemun.features.audit.tiles import tile_reader
from daemun.features.audit.watching import store
from daemun.features.audit.watching.store import Witnessed
from daemun.features.audit.witness import Request
from daemun.plugin import Transaction, Visit
from daemun.ports.witness import Line

EVERY: Final = timedelta(seconds=10)
LOOK: Final = 2.0
AWAY: Final = "away"


@dataclass(frozen=True, slots=True)
class Place:
    """A witness, and the way to it."""

    key: VerifierKey
    line: Line


@dataclass(frozen=True, slots=True)
class Witnesses:
    audit: Audit
    places: tuple[Place, ...]

    async def run(self, visit: Visit) -> None:
        """Until cancelled. One process of all asks, whichever is first."""
        while True:
            await self.once(visit)
            await asyncio.sleep(LOOK)

    async def once(self, visit: Visit) -> None:
        """Asks those that have not seen the last checkpoint, and were not asked a moment ago."""
        note = (await self.audit.standing()).checkpoint
        size = size_of(note)
        for place in self.places:
            if size > 0 and await visit.work(store.turn_to_witness, place.key.name, size, EVERY):
                await self._one(visit, place, note)

    def standing(self, tx: Transaction) -> list[Witnessed]:
        known = {each.name: each for each in store.witnessed(tx)}
        return [known.get(each.key.name, Witnessed(each.key.name)) for each in self.places]

    def cosigned(self, tx: Transaction, note: bytes) -> bytes:
        """The checkpoint with the signatures of all who have seen it."""
        size = size_of(note)
        return note + b"".join(each.signature for each in self.standing(tx) if each.size == size)

    async def _one(self, visit: Visit, place: Place, note: bytes) -> None:
        seen = await visit.read(lambda tx: next(each for each in self.standing(tx) if each.name == place.key.name))
        try:
            signature = await asyncio.to_thread(self._asked, place, note, seen.size)
        except (OSError, ValueError) as error:
            await visit.work(store.witness_failed, seen.name, str(error) if isinstance(error, _Answered) else AWAY)
            return
        await visit.work(store.witness_saw, seen.name, size_of(note), signature)

    def _asked(self, place: Place, note: bytes, seen: int) -> bytes:
        """The lines it adds, verified. A witness that saw more, or less, than we know says how much."""
        status, body = place.line.ask(self._request(note, seen))
        if status == 409 and (size := _size(body)) is not None and size != seen:
            status, body = place.line.ask(self._request(note, size))
        if status != 200:
            raise _Answered(f"status {status}")
        try:
            log = self.audit.signing.key(note)
            if place.key not in open_checkpoint(note + body, [log], [place.key]).note.keys:
                raise _Answered("signature")
        except Refused as refused:
            raise _Answered(refused.code) from refused
        return body

    def _request(self, note: bytes, seen: int) -> bytes:
        size = _said(note).size
        if seen > size:
            raise _Answered("ahead_of_us")  # the log was taken back, or it is another's
        proof: Sequence[bytes] = consistency_proof(seen, size, tile_reader(size, Proving(self.audit.ledger).tile)) if seen else ()
        return Request(seen, tuple(proof), note).data


class _Answered(ValueError):
    """It answered, and not with a signature of its own."""


def _said(note: bytes) -> Checkpoint:
    return parse_checkpoint(split_note(note)[0])


def _size(body: bytes) -> int | None:
    text = body.strip()
    return int(text) if text.isdigit() and len(text) < 19 else None
