"""One process of all gives every entry its place, builds the tree and signs it: in a thread of its own, for as long as it lives."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from daemun.features.audit.growing import Edge
from daemun.features.audit.scribe import Scribe
from daemun.features.audit.signing import Signing, size_of
from daemun.features.audit.turning import KEY
from daemun.plugin import Visit
from daemun.ports.database import micros
from daemun.ports.ledger import Growth, Ledger, Overtaken, Standing, Waiting
from daemun.ports.system import Clock

log = logging.getLogger("daemun.audit")
BATCH: Final = 4096
EVERY: Final = 0.1
"""Seconds between two looks at what waits. Looking costs less than being told: NOTIFY makes commits on PostgreSQL wait for each other."""
SIGNED_EVERY: Final = 1.0
FOLLOWED: Final = 1.0
"""How often those that do not lead ask whether the lead is free."""


@dataclass(slots=True)
class Sequencer:
    ledger: Ledger
    signing: Signing
    scribe: Scribe
    clock: Clock
    pace: Callable[[], float]
    """Seconds of a clock that nobody sets."""
    _edge: Edge | None = field(default=None, init=False)
    _signed: float = field(default=float("-inf"), init=False)
    _turned: bool = field(default=True, init=False)
    """Whether the log's key may have been replaced since we last signed."""
    _numbers: list[int] = field(default_factory=list, init=False)
    """Given to entries of our own that are not durable yet."""

    async def run(self, visit: Visit) -> None:  # noqa: ARG002 - a background is given a visit; this one has connections of its own
        """Until cancelled; what waits then is given its place first."""
        leaving = threading.Event()
        with ThreadPoolExecutor(1, "daemun-audit") as threads:
            thread = asyncio.get_running_loop().run_in_executor(threads, self._serve, leaving)
            try:
                await asyncio.shield(thread)
            finally:
                leaving.set()
                await asyncio.gather(thread, return_exceptions=True)

    def _serve(self, leaving: threading.Event) -> None:
        try:
            while not leaving.is_set():
                leaving.wait(EVERY if self.turn() else FOLLOWED)
            self.once()
        except Overtaken:
            log.warning("another process leads the audit log now")
        finally:
            self._edge = None
            self.ledger.resign()

    def once(self) -> bool:
        """Gives what waits its place and signs it, if nobody else does. Whether it was done."""
        try:
            if not self.ledger.lead():
                return False
            while self.step():
                pass
            self.sign()
        finally:
            self._edge = None
            self.ledger.resign()
        return True

    def turn(self) -> bool:
        """Does what is to be done now. Whether this process leads."""
        if not self.ledger.lead():
            self._edge, self._turned = None, True
            return False
        while self.step():
            self._sign_when_due()
        self._sign_when_due()
        return True

    def step(self) -> bool:
        """Moves one batch. Whether there may be more."""
        if not self.ledger.lead():
            return False
        self._numbers = []
        try:
            took = self.ledger.grow(BATCH, self._extend)
        except BaseException:
            self._edge = None  # what was written is asked of the log again
            raise
        self.scribe.tally.settle(*self._numbers)
        return took == BATCH

    def sign(self) -> bool:
        """Whether there was something to sign."""
        standing = self.ledger.standing()
        if standing is None or standing.size == 0 or not self.ledger.lead():
            return False
        pinned = self.signing.require_unchanged(standing)
        if pinned is not None and pinned[0] == standing.size == size_of(standing.checkpoint):
            return False
        self.signing.sign(standing, turned=self._turned)
        self._turned = False
        return True

    def _sign_when_due(self) -> None:
        if self.pace() - self._signed >= SIGNED_EVERY and self.sign():
            self._signed = self.pace()

    def _extend(self, standing: Standing, rows: Sequence[Waiting]) -> Growth:
        edge = self._edge
        if edge is None or edge.range.size != standing.size:
            edge = Edge.of(standing.size, standing.hashes, self.ledger.tile)
        self._turned = self._turned or any(KEY in row.entry for row in rows)
        entries = [] if standing.size else [self._birth(standing.origin)]
        entries += [(row.entry, row.parts) if self._vouched(row) else self._altered(row) for row in rows]
        self._edge, tiles = edge.grown([each[0] for each in entries])
        return Growth(standing.size, entries, tiles, b"".join(self._edge.range.hashes))

    def _vouched(self, row: Waiting) -> bool:
        return self.scribe.vouched(row.entry, row.parts, row.mac)

    def _birth(self, origin: str) -> tuple[bytes, bytes]:
        """The first entry says whose signature counts."""
        return self._own("key", key=str(self.signing.signer.key(origin)), origin=origin)

    def _altered(self, row: Waiting) -> tuple[bytes, bytes]:
        log.critical("an entry that waited for its place in the audit log was written or changed by somebody else")
        return self._own("gap", why="altered", row=sha256(row.entry + row.parts + row.mac).hexdigest())

    def _own(self, kind: str, **facts: str) -> tuple[bytes, bytes]:
        now = self.clock.now()
        self._numbers.append(self.scribe.tally.claim(now))
        made = self.scribe.bare(kind, self.scribe.fresh_id(now), micros(now), self._numbers[-1], **facts)
        return made.entry, made.parts
