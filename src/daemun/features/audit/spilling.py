"""When no disk takes an event any more, what an administrator must be able to do is kept aside, sealed, and enters the log later, once.

Only what is told before something is shown or handed out, by a story that does nothing else: `EventKind.spills`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.event import Event, EventKind, Happening
from daemun.features.audit import store
from daemun.features.audit.sealing import NONCE_SIZE
from daemun.features.audit.service import Audit
from daemun.plugin import Visit
from daemun.ports.database import Full, Work, micros, moment
from daemun.ports.ledger import Spill
from daemun.ports.system import Entropy

log = logging.getLogger("daemun.audit")
BOUND: Final = b"daemun audit spill 1"
READ_AT_ONCE: Final = 1000
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spilling:
    audit: Audit
    spill: Spill
    sealing: AESGCM = field(repr=False)
    entropy: Entropy
    kinds: dict[str, EventKind] = field(default_factory=dict)

    @classmethod
    def of(cls, audit: Audit, spill: Spill, sealing_key: bytes, entropy: Entropy) -> Spilling:
        return cls(audit, spill, AESGCM(sealing_key), entropy)

    def hear(self, kinds: Mapping[str, EventKind]) -> None:
        """What may have been kept aside, once everybody is known who publishes."""
        self.kinds.update(kinds)

    def prepare(self) -> None:
        """Room that is not there now is missed when it is needed; that is no reason not to start."""
        try:
            self.spill.prepare()
        except OSError as error:
            log.warning("no room is kept for what must be recorded when the disk is full: %s", error)

    def aside(self, told: Sequence[Happening]) -> bool:
        """Durable when it says so. Blocks. False: it is not recorded, so it must not be done."""
        if not told or not all(each.event.kind.spills for each in told):
            return False
        try:
            for each in told:
                self._put(each)
        except OSError as error:
            log.critical("the disk is full, and nothing can be kept aside: %s", error)
            return False
        log.critical("the disk is full: %d events are kept aside until they can enter the log", len(told))
        return True

    async def take_in(self, visit: Visit) -> int:
        """Brings what was kept aside into the log. Returns how many. Stops where the disk is still full."""
        held = await asyncio.to_thread(self.spill.held)
        if not held or not self.spill.take_turn():
            return 0
        try:
            return await self._taken(visit, await asyncio.to_thread(self.spill.held))
        finally:
            self.spill.end_turn()

    async def _taken(self, visit: Visit, held: Sequence[tuple[int, bytes]]) -> int:
        taken = 0
        for place, data in held:
            record = self._opened(data)
            if record is not None and f"{record['kind']}" not in self.kinds:
                continue  # of a tool that is not here now
            try:
                if record is None:
                    await visit.work(self._altered, data)
                elif not await self._is_there(visit, record):
                    await visit.work(self._kept, record)
                    taken += 1
            except Full:
                break
            await asyncio.to_thread(self.spill.drop, place)
        if taken:
            await visit.work(lambda work: self.audit.control(work, "gap", why="spilled", count=taken))
        return taken

    def _put(self, happening: Happening) -> None:
        number = self._numbered(happening)
        standing = self.audit.ledger.standing()
        told = {
            "size": standing.size if standing else 0,
            "boot": self.audit.scribe.tally.boot,
            "number": number,
            **_told(happening),
        }
        nonce = self.entropy.bytes(NONCE_SIZE)
        self.spill.put(nonce + self.sealing.encrypt(nonce, json.dumps(told, separators=(",", ":")).encode(), BOUND))
        if number is not None:
            self.audit.scribe.tally.settle(number)

    def _numbered(self, happening: Happening) -> int | None:
        """None in a process that begins to count on the full disk: its numbers cannot outlive it. Then whoever takes it in gives it one."""
        try:
            return self.audit.scribe.tally.claim(happening.event.at)
        except OSError:
            return None

    def _opened(self, data: bytes) -> Record | None:
        try:
            said: Record = json.loads(self.sealing.decrypt(data[:NONCE_SIZE], data[NONCE_SIZE:], BOUND))
        except (InvalidTag, ValueError):
            return None
        return said

    async def _is_there(self, visit: Visit, record: Record) -> bool:
        """Whoever took it in may have died before the record was dropped. The line first: what leaves it meanwhile is in the log then."""
        wanted = b'"i":"%s"' % record["id"].encode()
        return await visit.read(store.waits, wanted) or await asyncio.to_thread(self._has_place, wanted, record["size"])

    def _has_place(self, wanted: bytes, start: int) -> bool:
        return any(wanted in entry for entry in self._entries_from(start))

    def _entries_from(self, at: int) -> Iterator[bytes]:
        while kept := self.audit.ledger.entries(at, READ_AT_ONCE):
            yield from (each.entry for each in kept)
            at = kept[-1].idx + 1

    def _kept(self, work: Work, record: Record) -> None:
        happening = _happening(record, self.kinds[record["kind"]])
        if record["number"] is None:
            self.audit.keep(work, happening)
        else:
            self.audit.keep_late(work, happening, record["boot"], record["number"])

    def _altered(self, work: Work, data: bytes) -> None:
        log.critical("what was kept aside while the disk was full was changed, or written by somebody else")
        self.audit.control(work, "gap", why="altered", row=sha256(data).hexdigest())


def _told(happening: Happening) -> Record:
    event, seen = happening.event, happening.circumstance
    actor = {name: getattr(event.actor, name) for name in ("kind", "id", "session", "handle", "holder")}
    return {
        "id": happening.id,
        "kind": event.kind.name,
        "actor": actor,
        "at": micros(event.at),
        "resource": event.resource_id,
        "target": event.target,
        "details": dict(event.details),
        "seen": {name: value for name, value in asdict(seen).items() if name != "receipts"},
    }


def _happening(record: Record, kind: EventKind) -> Happening:
    actor, at = Actor(**record["actor"]), moment(record["at"])
    event = Event(kind, actor, at, record["resource"], record["target"], record["details"])
    return Happening(record["id"], event, Circumstance(**record["seen"]))
