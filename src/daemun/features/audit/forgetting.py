"""What may be forgotten, and how the log says so: every erasure, deletion and hold is an entry itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from daemun.core.actor import SYSTEM, Actor
from daemun.core.errors import Missing
from daemun.features.audit import store
from daemun.features.audit.accounting import Ranges
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.service import Audit
from daemun.features.audit.settings import AuditSettings
from daemun.features.audit.store import Hold
from daemun.features.audit.tiles import FULL
from daemun.plugin import Visit
from daemun.ports.database import Transaction, Work, micros
from daemun.ports.ledger import Kept

READ_AT_ONCE: Final = 1000
SPANS_AT_ONCE: Final = 2000
"""As many fit into an entry."""
Span = tuple[int, int]
CONTROL: Final = frozenset({"key", "config", "prune", "tombstone", "erase", "hold", "gap"})
"""What is never pruned: it says what happened to the rest."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    audit: Audit
    lifetimes: Mapping[str, timedelta | None]
    """Of each retention class; None: for ever."""
    grace: timedelta
    """Between a tombstone and the deletion of what it hides."""

    @classmethod
    def of(cls, audit: Audit, rules: AuditSettings) -> Forgetting:
        return cls(audit, rules.lifetimes, rules.grace)

    def erase(self, work: Work, subject: str, *, reason: str, by: Actor) -> bool:
        """Destroys a subject's key: nothing sealed with it is read by anybody again, whatever their number. False when a hold keeps it:
        then it is not read with from now on, and destroyed when the last hold ends. Raises `Missing` when nothing is known of them."""
        work.lock(f"audit subject {subject}")
        self.audit.settle(work)  # what is said of them in this story goes with them
        key = self.audit.scribe.keys.existing(work, subject)
        if key is None:
            raise Missing
        if any(each.subject in (None, subject) for each in store.all_holds(work)):
            store.block_key(work, subject)
            self.audit.control(work, "hold", act="erasure_queued", sg=key.surrogate, reason=reason, by=by)
            return False
        self.audit.control(work, "erase", sg=key.surrogate, reason=reason, by=by)
        store.drop_key(work, subject)
        work.after_commit(lambda: self.audit.scribe.keys.forget([subject]))
        return True

    def hold(self, work: Work, *, subject: str | None, retention: str | None, reason: str, by: Actor) -> Hold:
        made = Hold(work.new_id(), subject, retention)
        key = self.audit.scribe.keys.of_subject(work, subject) if subject else None
        facts: dict[str, Any] = {"sg": key.surrogate} if key else {}
        store.add_hold(work, made)
        self.audit.control(work, "hold", act="hold", hold=made.id, r=retention, reason=reason, by=by, **facts)
        return made

    def release(self, work: Work, hold_id: str, *, reason: str, by: Actor) -> list[str]:
        """Ends a hold, and erases those who waited for it. Returns who that is. Raises `Missing`."""
        if not store.drop_hold(work, hold_id):
            raise Missing
        self.audit.control(work, "hold", act="release", hold=hold_id, reason=reason, by=by)
        return [each for each in store.blocked(work) if self.erase(work, each, reason=reason, by=by)]

    def tombstone(self, work: Work, spans: Iterable[Span], *, reason: str, by: Actor) -> None:
        """Hides entries at once; what is sealed in them is deleted when the grace is over."""
        self._say(work, "tombstone", list(spans), reason=reason, by=by)

    def _say(self, work: Work, kind: str, spans: Sequence[Span], *, reason: str, by: Actor, **facts: Any) -> None:
        for at in range(0, len(spans), SPANS_AT_ONCE):
            told = [list(each) for each in spans[at : at + SPANS_AT_ONCE]]
            count = sum(end - first for first, end in told)
            digest = sha256(repr(told).encode()).hexdigest()
            self.audit.control(work, kind, ranges=told, count=count, set=digest, reason=reason, by=by, **facts)

    async def retain(self, visit: Visit) -> int:
        """Prunes what has outlived its class, says so, and deletes what the log says is gone."""
        pruned, gone = 0, await self._gone(visit)
        async for spans in self._expired(visit, gone):
            await visit.work(self._pruned, spans)
            pruned += sum(end - first for first, end in spans)
        await self.sweep(visit)
        return pruned

    def _pruned(self, work: Work, spans: Sequence[Span]) -> None:
        self._say(work, "prune", spans, reason="", by=SYSTEM)

    async def _expired(self, visit: Visit, gone: Ranges) -> Any:
        size, held = (await self.audit.standing()).size, await visit.read(self._held)
        now, at = await visit.read(lambda tx: micros(tx.now)), 0
        shortest = min((each for each in self.lifetimes.values() if each is not None), default=None)
        while shortest is not None and at < size:
            kept = await self.audit.entries(at, READ_AT_ONCE)
            if not kept:
                return
            over = [each.idx for each in kept if each.idx not in gone and self._is_over(each, now, held)]
            if over:
                yield list(spans_of(over))
            if _time(kept[-1]) > now - shortest // timedelta(microseconds=1):
                return  # what comes after is younger
            at = kept[-1].idx + 1

    def _is_over(self, kept: Kept, now: int, held: _Held) -> bool:
        entry: dict[str, Any] = parse_entry(kept.entry) if kept.entry else {"k": "key"}
        life = self.lifetimes.get(entry.get("r", ""))
        if entry["k"] in CONTROL or life is None or held.keeps(entry):
            return False
        return bool(entry["t"] < now - life // timedelta(microseconds=1))

    async def sweep(self, visit: Visit) -> int:
        """Deletes what entries of the log say is gone and no hold keeps; of bundles that are pruned whole also the entries."""
        gone, held = await self._gone(visit), await visit.read(self._held)
        swept = 0
        for first, end in gone.spans:
            swept += await self._swept(first, end, held)
        return swept

    async def _swept(self, first: int, end: int, held: _Held) -> int:
        swept = 0
        for at in range(first, end, READ_AT_ONCE):
            kept = await self.audit.entries(at, min(READ_AT_ONCE, end - at))
            free = [each.idx for each in kept if not (each.entry and held.keeps(parse_entry(each.entry)))]
            for low, high in spans_of(free):
                swept += await self.audit.forget(low, high)
        whole = -(-first // FULL) * FULL, end // FULL * FULL
        if whole[0] < whole[1] and not held:
            await self.audit.drop(*whole)
        return swept

    async def _gone(self, visit: Visit) -> Ranges:
        """What the log says is gone: pruned, or taken out longer ago than the grace."""
        gone, before = Ranges(), await visit.read(lambda tx: micros(tx.now - self.grace))
        async for each in self.audit.controls():
            entry = parse_entry(each.entry)
            if entry["k"] == "prune" or (entry["k"] == "tombstone" and entry["t"] < before):
                for first, end in entry["ranges"]:
                    gone.add(first, min(end, each.idx))
        return gone

    def _held(self, tx: Transaction) -> _Held:
        keys = self.audit.scribe.keys
        found = [(each, keys.existing(tx, each.subject) if each.subject else None) for each in store.all_holds(tx)]
        return _Held(tuple((each.retention, key.surrogate if key else None) for each, key in found))


@dataclass(frozen=True, slots=True)
class _Held:
    """Retention class and surrogate of each hold."""

    holds: tuple[tuple[str | None, str | None], ...]

    def __bool__(self) -> bool:
        return bool(self.holds)

    def keeps(self, entry: Mapping[str, Any]) -> bool:
        about = (entry.get("as"), entry.get("tg"), None)
        return any(retention in (None, entry.get("r")) and surrogate in about for retention, surrogate in self.holds)


def spans_of(places: Sequence[int]) -> Iterator[Span]:
    """Sorted places as spans."""
    first = last = -2
    for place in places:
        if place != last + 1:
            if first >= 0:
                yield first, last + 1
            first = place
        last = place
    if first >= 0:
        yield first, last + 1


def _time(kept: Kept) -> int:
    return int(parse_entry(kept.entry)["t"]) if kept.entry else 0
