"""Carries the log to one destination: in its order, at least once, by one process at a time, for as long as it takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from daemun.core.actor import SYSTEM, Actor
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.events import SINK_DROPPED, SINK_REFUSED, SINK_RETRIED
from daemun.features.audit.service import Audit
from daemun.features.audit.sinks import store
from daemun.features.audit.sinks.models import Claim, Cursor, DeadLetter, Outlet, SinkState
from daemun.features.audit.sinks.records import Kinds, Teller
from daemun.plugin import Visit
from daemun.ports.database import Transaction, Work, micros
from daemun.ports.ledger import Kept
from daemun.ports.sinks import Answer, Shipment

log = logging.getLogger("daemun.audit.sinks")
LEASE: Final = timedelta(minutes=2)
LOOK: Final = 1.0
"""Seconds between two looks at whether the log has grown."""
GRACE: Final = 3.0
FIRST, LONGEST = timedelta(seconds=1), timedelta(minutes=5)
DOUBTED: Final = 8
"""Tries after which whoever breaks over something is believed not to be able to take it."""


@dataclass(slots=True)
class Shipping:
    """All destinations. `kinds` are known once every room is built."""

    audit: Audit
    outlets: tuple[Outlet, ...]
    me: str
    kinds: Kinds = field(default_factory=dict)

    def hear(self, kinds: Kinds) -> None:
        self.kinds = kinds

    def named(self, name: str) -> Outlet | None:
        return next((each for each in self.outlets if each.name == name), None)

    def standing(self, tx: Transaction, size: int) -> list[SinkState]:
        known, dead = store.cursors(tx), store.dead_counts(tx)
        found = [(each, known.get(each.name, Cursor(each.name))) for each in self.outlets]
        return [
            SinkState(each.name, each.where, each.personal, cursor, max(0, size - cursor.next), dead.get(each.name, 0))
            for each, cursor in found
        ]

    async def run(self, visit: Visit, outlet: Outlet) -> None:
        """Until cancelled. What is on the wire then is waited for a moment: cut off there, it would go out twice."""
        while True:
            at_work = asyncio.ensure_future(self.once(visit, outlet))
            try:
                busy = await asyncio.shield(at_work)
            except asyncio.CancelledError:
                await asyncio.wait({at_work}, timeout=GRACE)
                at_work.cancel()
                await asyncio.gather(at_work, return_exceptions=True)
                raise
            if not busy:
                await asyncio.sleep(LOOK)

    async def once(self, visit: Visit, outlet: Outlet) -> bool:
        """Sends one shipment, if it is time. Whether there may be more."""
        size = (await self.audit.standing()).size
        if not await visit.read(_is_due, outlet, size):
            return False
        claim = await visit.work(_claimed, outlet, self.me, size)
        if claim is None:
            return False
        settled = False
        try:
            answer = await self._sent(visit, outlet, claim.first, claim.end)
            await visit.work(self._settle, claim, answer)
            settled = True
        finally:
            if not settled:
                await visit.work(store.give_back, claim)
        return answer.became == "sent" and claim.end < size

    async def retry(self, visit: Visit, outlet: Outlet, by: Actor) -> list[tuple[DeadLetter, Answer]]:
        """Sends now what was not taken before, and lets what waits for its next try go at once."""
        await visit.work(store.hurry, outlet.name)
        told = list[tuple[DeadLetter, Answer]]()
        for letter in await visit.read(store.dead_letters, outlet.name):
            answer = await self._sent(visit, outlet, letter.first, letter.end)
            told.append((letter, answer))
            if answer.became == "sent":
                await visit.work(_retried, letter, by)
            elif answer.became == "away":
                break
        return told

    def dead_letters(self, tx: Transaction, name: str | None = None) -> list[DeadLetter]:
        return store.dead_letters(tx, name)

    def drop(self, work: Work, letters: Sequence[DeadLetter], by: Actor) -> int:
        """Gives up on them for this destination. They stay in the log."""
        for each in letters:
            work.publish(SINK_DROPPED.by(by, work.now, resource_id=each.sink, first=each.first, end=each.end, reason=each.error))
        return store.bury(work, letters)

    async def _sent(self, visit: Visit, outlet: Outlet, first: int, end: int) -> Answer:
        shipment = await self._shipment(visit, outlet, first, end)
        return await asyncio.to_thread(outlet.sink.send, shipment)

    async def _shipment(self, visit: Visit, outlet: Outlet, first: int, end: int) -> Shipment:
        standing, kept = await self.audit.standing(), await self.audit.entries(first, end - first)
        records = await visit.read(self._records, Teller(standing.origin, outlet.personal, self.kinds), kept)
        return Shipment(standing.origin, first, end, records, standing.checkpoint)

    def _records(self, tx: Transaction, teller: Teller, kept: Sequence[Kept]) -> list[Any]:
        parsed = [(each, parse_entry(each.entry)) for each in kept if each.entry]
        names = teller.wanted(parsed)
        keys, entries = self.audit.scribe.keys.named(tx, names) if names else {}, {each.idx: entry for each, entry in parsed}
        now = micros(tx.now)
        return [teller.record(each, entries[each.idx], keys) if each.idx in entries else teller.pruned(each.idx, now) for each in kept]

    def _settle(self, work: Work, claim: Claim, answer: Answer) -> None:
        if answer.became == "sent":
            store.delivered(work, claim)
            return
        doubted = answer.became == "refused" or (answer.became == "failed" and claim.tries + 1 >= DOUBTED)
        alone = claim.end - claim.first == 1
        log.warning("sink %s: %d to %d: %s %s", claim.name, claim.first, claim.end, answer.became, answer.error)
        if doubted and alone:
            self._give_up(work, claim, answer)
        else:
            # Halved until what is not taken stands alone: its neighbours are not to blame.
            until = claim.first + (claim.end - claim.first) // 2 if doubted else claim.end
            pause = timedelta(0) if doubted else _pause(claim, answer, work.new_id())
            store.put_off(work, claim, answer.error, until, pause)

    def _give_up(self, work: Work, claim: Claim, answer: Answer) -> None:
        letter = store.given_up(work, claim, answer.error)
        if letter is not None:
            told = SINK_REFUSED.by(SYSTEM, work.now, resource_id=claim.name, first=letter.first, end=letter.end, reason=letter.error)
            work.publish(told)


def _is_due(tx: Transaction, outlet: Outlet, size: int) -> bool:
    found = store.cursor(tx, outlet.name)
    if found.next >= size or (found.next_at and found.next_at > tx.now) or (found.leased_until and found.leased_until > tx.now):
        return False
    full = found.until is not None or size - found.next >= outlet.most
    return full or found.sent_at is None or found.sent_at + outlet.every <= tx.now


def _claimed(work: Work, outlet: Outlet, me: str, size: int) -> Claim | None:
    reached = store.cursor(work, outlet.name).next
    return store.claim(work, outlet.name, me, LEASE, min(size, reached + outlet.most))


def _pause(claim: Claim, answer: Answer, chance: str) -> timedelta:
    """Twice as long each time; and not all who wait come back at one moment."""
    longest = min(LONGEST, FIRST * (1 << min(claim.tries, 12)))
    share = 0.5 + int(chance[-2:], 36) % 512 / 1024
    return max(longest * share, timedelta(seconds=answer.wait))


def _retried(work: Work, letter: DeadLetter, by: Actor) -> None:
    store.bury(work, [letter])
    work.publish(SINK_RETRIED.by(by, work.now, resource_id=letter.sink, first=letter.first, end=letter.end))
