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
from daemun.features.audit.notes import Signature, VerifierKey, made_note, split_note, with_signatures
from daemun.features.audit.proving import NOBODY_YET, Cosigned, Proving
from daemun.features.audit.service import Audit
from daemun.features.audit.signing import size_of
from daemun.features.audit.tiles import tile_reader
from daemun.features.audit.watching import store
from daemun.features.audit.watching.store import Witnessed
from daemun.features.audit.witness import Request
from daemun.plugin import Transaction, Visit
from daemun.ports.database import Work
from daemun.ports.witness import Line

EVERY: Final = timedelta(seconds=10)
LOOK: Final = 2.0
AWAY: Final = "away"
RECENT: Final = timedelta(minutes=1)
END: Final = b"\n\n"
"""Between the text of a checkpoint and its signatures."""


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
        """Asks those that have not seen the last checkpoint, and were not asked a moment ago: all at once, of the same one."""
        note = (await self.audit.standing()).checkpoint
        size = size_of(note)
        due = [each for each in self.places if size > 0 and await visit.work(store.turn_to_witness, each.key.name, size, EVERY)]
        if due:
            seen = {each.name: each.size for each in await visit.read(self.standing)}
            answers = await asyncio.gather(*(self._one(each, note, seen[each.key.name]) for each in due))
            await visit.work(_heard, due, answers, size)

    def standing(self, tx: Transaction) -> list[Witnessed]:
        known = {each.name: each for each in store.witnessed(tx)}
        return [known.get(each.key.name, Witnessed(each.key.name)) for each in self.places]

    def cosigned(self, tx: Transaction, note: bytes) -> bytes:
        """The checkpoint with the signatures of all who have seen it."""
        size = size_of(note)
        return with_signatures(note, [line for each in self.standing(tx) if each.size == size for line in _lines(each)])

    def served(self, tx: Transaction) -> Cosigned:
        """The state that most of them have cosigned, the last such."""
        seen = [each for each in self.standing(tx) if END in each.signature]  # what an older release kept is lines without their checkpoint
        if not seen:
            return NOBODY_YET
        size = max((each.size for each in seen), key=lambda size: (sum(each.size == size for each in seen), size))
        same = [each for each in seen if each.size == size]
        text, signatures = split_note(same[0].signature)
        own = [each for each in signatures if each.name != same[0].name]
        recent = any(each.at is not None and each.at + RECENT > tx.now for each in same)
        return Cosigned(made_note(text, [*own, *(line for each in same for line in _lines(each))]), size, recent=recent)

    async def _one(self, place: Place, note: bytes, seen: int) -> bytes | str:
        """The checkpoint with what it added; or why there is nothing."""
        try:
            return note + await asyncio.to_thread(self._asked, place, note, seen)
        except (OSError, ValueError) as error:
            return str(error) if isinstance(error, _Answered) else AWAY

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


def _heard(work: Work, due: Sequence[Place], answers: Sequence[bytes | str], size: int) -> None:
    for place, answer in zip(due, answers, strict=True):
        if isinstance(answer, bytes):
            store.witness_saw(work, place.key.name, size, answer)
        else:
            store.witness_failed(work, place.key.name, answer)


def _lines(seen: Witnessed) -> list[Signature]:
    """What a witness has added."""
    note = seen.signature if END in seen.signature else b"-" + END + seen.signature
    return [each for each in split_note(note)[1] if each.name == seen.name] if seen.signature else []


def _said(note: bytes) -> Checkpoint:
    return parse_checkpoint(split_note(note)[0])


def _size(body: bytes) -> int | None:
    text = body.strip()
    return int(text) if text.isdigit() and len(text) < 19 else None
