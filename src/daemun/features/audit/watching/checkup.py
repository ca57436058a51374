"""The house verifies its own log every day, as anybody else would, and says what it found."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from daemun.core.actor import SYSTEM
from daemun.features.audit.bundle import CHECKPOINT, Read, made_blobs
from daemun.features.audit.errors import Refused
from daemun.features.audit.events import CHECKED
from daemun.features.audit.merkle import HASH_SIZE
from daemun.features.audit.service import Audit
from daemun.features.audit.signing import size_of
from daemun.features.audit.tiles import ENTRIES, FULL, Tile, made_bundle, parse_tile_path
from daemun.features.audit.verifying import Report, verify_bundle
from daemun.features.audit.watching import store
from daemun.features.audit.watching.picture import Picture
from daemun.features.audit.watching.store import Checkup
from daemun.plugin import Visit
from daemun.ports.database import Work
from daemun.ports.ledger import Kept, Ledger

log = logging.getLogger("daemun.audit")
WHOLE_EVERY: Final = timedelta(days=7)
BLOBS: Final = "blobs/"
EDITED: Final = "projection_edited"


def reader(ledger: Ledger, checkpoint: bytes) -> Read:
    """The log as an exported bundle of this checkpoint would be, file by file."""
    size = size_of(checkpoint)

    def read(name: str) -> bytes | None:
        if name == CHECKPOINT:
            return checkpoint
        asked = _asked(name)
        if asked is None or (isinstance(asked.level, str) and asked.index * FULL + asked.width > size):
            return None
        if isinstance(asked.level, int):
            data = ledger.tile(asked.level, asked.index)
            return data[: asked.width * HASH_SIZE] if data else None
        first = asked.index * FULL
        kept = {each.idx: each for each in ledger.entries(first, asked.width)}
        rows = [kept.get(idx, Kept(idx, b"", b"")) for idx in range(first, first + asked.width)]
        return made_blobs([each.parts for each in rows]) if name.startswith(BLOBS) else made_bundle([each.entry for each in rows])

    return read


def _asked(name: str) -> Tile | None:
    try:
        return parse_tile_path(name.replace(BLOBS, f"tile/{ENTRIES}/", 1) if name.startswith(BLOBS) else name)
    except Refused:
        return None


@dataclass(frozen=True, slots=True)
class CheckUp:
    audit: Audit

    async def run(self, visit: Visit) -> int:
        """Goes on from where the last one ended; once a week from the beginning. Returns how many entries it looked at."""
        checkpoint = (await self.audit.standing()).checkpoint
        if not checkpoint:
            return 0
        last = await visit.read(store.checkup)
        whole = last is None or last.findings > 0 or last.whole_at + WHOLE_EVERY <= await visit.read(lambda tx: tx.now)
        report = await asyncio.to_thread(self._verified, checkpoint, None if whole or last is None else last.checkpoint)
        for idx in await Picture(self.audit).edited(visit):
            report.found(EDITED, idx)
        storage = await asyncio.to_thread(self.audit.ledger.storage)
        await visit.work(_kept, report, checkpoint, json.dumps(storage), None if whole else last)
        return report.entries

    def _verified(self, checkpoint: bytes, since: bytes | None) -> Report:
        return verify_bundle(reader(self.audit.ledger, checkpoint), self.audit.signing.keys(checkpoint), since=since)


def _kept(work: Work, report: Report, checkpoint: bytes, storage: str, last: Checkup | None) -> None:
    first = f"{report.findings[0].what} {report.findings[0].first}" if report.findings else None
    made = Checkup(work.now, work.now, report.size, checkpoint, len(report.findings), first, len(report.gaps), storage)
    if last is not None:
        made = replace(made, whole_at=last.whole_at, gaps=last.gaps + len(report.gaps))
    store.keep_checkup(work, made)
    if first is not None:
        log.critical("the audit log is not what was signed: %s (%d findings)", first, len(report.findings))
        work.publish(CHECKED.by(SYSTEM, work.now, finding=first, count=len(report.findings)))
