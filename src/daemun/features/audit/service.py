"""The audit log as the rest of the house uses it: events go in with their cause, entries come out in one order."""

from __future__ import annotations

import asyncio
from binascii import a2b_base64
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, Final

from daemun.core.actor import Actor
from daemun.core.event import Event, Happening
from daemun.features.audit import store
from daemun.features.audit.entries import parse_entry
from daemun.features.audit.errors import AuditUnavailable, KeyTurning
from daemun.features.audit.keys import Keys
from daemun.features.audit.notes import VerifierKey
from daemun.features.audit.pressure import Pressure
from daemun.features.audit.scribe import Scribe, Written, subjects_of
from daemun.features.audit.sealing import PartAltered, SubjectKey, committed, opened, unpacked
from daemun.features.audit.settings import AuditSettings
from daemun.features.audit.signing import Signer, Signing
from daemun.features.audit.turning import KEY
from daemun.plugin import Visit
from daemun.ports.database import Transaction, Work
from daemun.ports.ledger import Kept, Ledger, Pin, Standing, Tally
from daemun.ports.system import Entropy

AGAIN: Final = 0.05
CONTROLS_AT_ONCE: Final = 500
WAITING: Final = 10_000
"""Entries of the mode `async` that one process holds at most; what comes beyond is counted, and the log says how many."""
UNKNOWN_AFTER: Final = timedelta(minutes=1)
"""No transaction of ours lives so long: what is not confirmed by then never will be."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """An entry that can be read. A part that is None is gone: its key was destroyed, or its time was over."""

    idx: int
    entry: dict[str, Any]
    parts: dict[str, dict[str, Any] | None]
    subjects: dict[str, str]
    """Part to whose it is, as far as anybody knows."""


@dataclass(slots=True)
class Shed:
    """What waits outside the database, and how much of it was dropped since it was last told."""

    waiting: deque[Happening] = field(default_factory=deque)
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Audit:
    ledger: Ledger
    signing: Signing
    scribe: Scribe
    origin: str
    patience: timedelta
    log: str
    open_to_all: bool
    pressure: Pressure
    shed: Shed = field(default_factory=Shed)

    @classmethod
    def of(
        cls,
        ledger: Ledger,
        pin: Pin,
        tally: Tally,
        entropy: Entropy,
        *,
        host: str,
        settings: AuditSettings,
        key: Callable[[str], bytes],
        pressure: Pressure | None = None,
    ) -> Audit:
        """`key` makes one for a purpose, the same each time. `pressure`: what slows the database down, where something does."""
        scribe = Scribe(Keys.of(key("audit keys"), entropy), tally, entropy, key("audit outbox"))
        signing = Signing(ledger, pin, cache(lambda number: Signer(key(f"audit log {settings.log}" + (f" {number}" if number else "")))))
        origin, felt = f"{host}/audit/{settings.log}", pressure or Pressure.of(settings)
        return cls(ledger, signing, scribe, origin, settings.patience, settings.log, settings.public, felt)

    async def open(self) -> None:
        """Begins the log where there is none. Raises `LogRolledBack`."""
        await asyncio.to_thread(self._open)

    def _open(self) -> None:
        self.signing.require_unchanged(self.ledger.found(self.origin))

    def close(self) -> None:
        self.ledger.close()
        self.scribe.tally.close()

    def append(self, work: Work, happening: Happening) -> None:
        """The event's own transaction keeps it, or nothing keeps either. `async`: kept later, by the next `flush`."""
        receipts = happening.circumstance.receipts
        if receipts is not None:
            work.after_commit(lambda: receipts.append(happening.id))
        if happening.event.kind.mode == "async":
            work.after_commit(lambda: self._later(happening))
        else:
            self.keep(work, happening)

    def keep(self, work: Work, happening: Happening) -> None:
        """With all other events of its story, by one statement."""
        work.together(self._keep_all, happening)

    def settle(self, work: Work) -> None:
        """Keeps now what the story has published so far: under keys that are there now."""
        work.conclude(self._keep_all)

    def _keep_all(self, work: Work, happenings: Sequence[Happening]) -> None:
        numbers = [self.scribe.tally.claim(work.now) for _ in happenings]
        if not self._added_all(work, happenings, numbers):
            # A key that was remembered is gone: its subject was erased, or the transaction that made it came to nothing.
            self.scribe.keys.forget([each for happening in happenings for each in subjects_of(happening)])
            if not self._added_all(work, happenings, numbers):
                raise AuditUnavailable
        work.after_commit(lambda: self.scribe.tally.settle(*numbers))

    def _added_all(self, work: Work, happenings: Sequence[Happening], numbers: Sequence[int]) -> bool:
        if len(happenings) == 1:
            return self._added(work, self.scribe.event(work, happenings[0], numbers[0]))
        self.scribe.keys.prepare(work, [each for happening in happenings for each in subjects_of(happening)])
        written = [self.scribe.event(work, each, number) for each, number in zip(happenings, numbers, strict=True)]
        names = {name for each in written for name in each.names}
        return store.add_all(work, [(each.entry, each.parts, each.mac) for each in written], names)

    def keep_late(self, work: Work, happening: Happening, boot: str, number: int) -> None:
        """What a process of before, or this one, has numbered already."""
        if not self._kept(work, lambda: self.scribe.event(work, happening, number, boot)):
            raise AuditUnavailable

    async def before(self, visit: Visit, attempt: Event) -> None:
        """Durable when it returns: only then may be done what cannot be undone with a transaction. Raises `AuditUnavailable`, in time."""
        if self.pressure.is_behind:
            raise AuditUnavailable
        try:
            async with asyncio.timeout(self.patience.total_seconds()):
                await visit.work(_published, attempt)
        except TimeoutError as error:
            raise AuditUnavailable from error

    def control(self, work: Work, kind: str, *, reason: str = "", by: Actor | None = None, **facts: Any) -> None:
        """An entry about the log itself."""
        self._keep(work, lambda number: self.scribe.control(work, kind, number, reason=reason, by=by, **facts))

    def next_key(self) -> VerifierKey:
        """The one that will follow."""
        standing = self.ledger.standing() or Standing(self.origin)
        return self.signing.signers(self.signing.due(standing) + 1).key(standing.origin)

    def rotate_key(self, work: Work, *, reason: str, by: Actor) -> VerifierKey:
        """The log hands itself over, in an entry that both keys sign; checkpoints that hold it bear the new one. Raises `KeyTurning`."""
        work.lock("audit key")
        if store.waits(work, KEY):
            raise KeyTurning
        standing = self.ledger.standing() or Standing(self.origin)
        number = self.signing.due(standing)
        old, new = self.signing.signers(number), self.signing.signers(number + 1)
        self.control(work, "key", reason=reason, by=by, key=str(new.key(standing.origin)), note=old.hands_over(standing.origin, new))
        return new.key(standing.origin)

    def amend(self, work: Work, of: Revealed, parts: Mapping[str, Mapping[str, Any]], *, reason: str, by: Actor) -> None:
        """Says something else in the place of parts of an entry. What was said stays, and stays provable."""
        said = {part: dict(content) for part, content in parts.items()}
        said["tenant"] = said.get("tenant", {}) | {"reason": reason}
        self._keep(work, lambda number: self.scribe.amendment(work, number, of.idx, said, of.subjects, by))

    def _keep(self, work: Work, write: Callable[[int], Written]) -> None:
        self.settle(work)  # what was published before stands before it
        number = self.scribe.tally.claim(work.now)
        if not self._kept(work, lambda: write(number)):
            raise AuditUnavailable
        work.after_commit(lambda: self.scribe.tally.settle(number))

    def _kept(self, work: Work, write: Callable[[], Written]) -> bool:
        written = write()
        if self._added(work, written):
            return True
        # A key that was remembered is gone: its subject was erased, or the transaction that made it came to nothing.
        self.scribe.keys.forget(written.subjects)
        return self._added(work, write())

    def _added(self, work: Work, written: Written) -> bool:
        return store.add(work, written.entry, written.parts, written.mac, written.names)

    def _later(self, happening: Happening) -> None:
        if self.pressure.is_behind or len(self.shed.waiting) >= WAITING:
            self.shed.dropped += 1
        else:
            self.shed.waiting.append(happening)

    async def standing(self) -> Standing:
        found = await asyncio.to_thread(self.ledger.standing)
        return found or Standing(self.origin)

    async def entries(self, start: int, limit: int) -> list[Kept]:
        """Those that have their place, in their order: entry `start` first. A reader that remembers the last `idx` misses none."""
        return await asyncio.to_thread(self.ledger.entries, start, limit)

    async def caught_up(self) -> None:
        """Returns when nothing waits for its place, and all of it is signed."""
        while await asyncio.to_thread(self.ledger.waiting) or not await asyncio.to_thread(self.signing.is_current):
            await asyncio.sleep(AGAIN)

    async def controls(self) -> AsyncIterator[Kept]:
        """What the log says of itself, in order."""
        at = 0
        while kept := await asyncio.to_thread(self.ledger.controls, at, CONTROLS_AT_ONCE):
            for each in kept:
                yield each
            at = kept[-1].idx + 1

    async def forget(self, first: int, end: int) -> int:
        return await asyncio.to_thread(self.ledger.forget, first, end)

    async def drop(self, first: int, end: int) -> int:
        return await asyncio.to_thread(self.ledger.drop, first, end)

    async def reveal(self, visit: Visit, kept: Sequence[Kept]) -> list[Revealed]:
        """What they say, each part checked against its entry. Raises `PartAltered`."""
        return await visit.read(self.revealed, kept)

    def revealed(self, tx: Transaction, kept: Sequence[Kept]) -> list[Revealed]:
        parsed = [(each, parse_entry(each.entry)) for each in kept if each.entry]
        keys = self.scribe.keys.named(tx, {name for _, entry in parsed for name in keys_of(entry)})
        return [revealed(each, entry, keys) for each, entry in parsed]


def _published(work: Work, event: Event) -> None:
    work.publish(event)


def keys_of(entry: Mapping[str, Any]) -> list[str]:
    """The names of the keys that its parts are sealed with."""
    return [key_id[2:] for _, key_id, _ in entry.get("b", ())]


def revealed(kept: Kept, entry: dict[str, Any], keys: Mapping[str, SubjectKey]) -> Revealed:
    """What it says, as far as these keys open it. Raises `PartAltered`."""
    bound = entry.get("b", ())
    parts, subjects = dict[str, dict[str, Any] | None](), dict[str, str]()
    for (part, key_id, commitment), sealed in zip(bound, unpacked(kept.parts, len(bound)), strict=True):
        key = keys.get(key_id[2:])
        if sealed and a2b_base64(commitment) != committed(part, sealed):
            raise PartAltered(kept.idx)
        parts[part] = opened(entry["i"], part, sealed, key) if sealed and key else None
        if key:
            subjects[part] = key.subject
    return Revealed(kept.idx, entry, parts, subjects)
