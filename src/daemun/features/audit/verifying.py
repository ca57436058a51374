"""Whether an exported log is what was signed: with its files and a public key, and nothing else.

Each entry is one of: ok, pruned (its bytes are gone and a later entry says so), or part of a finding. A finding says what was done and
where. What is missing is accepted only when an entry of the same tree authorises it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Any, Final

from daemun.features.audit.accounting import Accounts
from daemun.features.audit.bundle import CHECKPOINT, Progress, Read, quiet
from daemun.features.audit.checkpoint import Checkpoint, SignedCheckpoint
from daemun.features.audit.errors import Refused, TileMalformed
from daemun.features.audit.examining import Examined, Finding, examine
from daemun.features.audit.merkle import HASH_SIZE, CompactRange, check_consistency, consistency_proof, root, subtree_hash
from daemun.features.audit.notes import VerifierKey
from daemun.features.audit.policy import Policy, check_quorum
from daemun.features.audit.tiles import ENTRIES, FULL, Tile, parse_tile, tile_path, tile_reader, tiles_of
from daemun.features.audit.turning import judged, open_by_predecessors, open_by_successors

__all__ = ["Finding", "Refused", "Report", "verify_bundle"]

LARGEST_SHOWN: Final = 1000
STRETCH: Final = 64
"""Bundles that one process looks at before it tells."""
WORTH: Final = 100_000
"""Entries that are read in about the time in which another process begins."""


@dataclass(slots=True)
class Report:
    origin: str = ""
    size: int = 0
    root: str = ""
    verified_from: int = 0
    entries: int = 0
    pruned: int = 0
    parts: int = 0
    erased: int = 0
    gaps: list[str] = field(default_factory=list)
    """What the log itself says is not in it: crashes, events that were shed."""
    turns: list[str] = field(default_factory=list)
    """Where one key of the log followed another: entry, old, new. Known from then on by the new one."""
    config: dict[str, Any] | None = None
    """What the log last said of how it is kept: in entry `entry`, which events may be left out (`open`), what was made weaker (`weak`).
    None: nothing, in what was read."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def found(self, what: str, first: int | None = None, end: int | None = None, more: str = "") -> None:
        last = self.findings[-1] if self.findings else None
        if last is not None and (last.what, last.end, last.more) == (what, first, more) and first is not None:
            self.findings[-1] = Finding(what, last.first, end if end is not None else first + 1, more)
        elif len(self.findings) < LARGEST_SHOWN:
            self.findings.append(Finding(what, first, end if end is not None or first is None else first + 1, more))

    def take(self, seen: Examined) -> None:
        self.entries += seen.entries
        self.parts += seen.parts
        for each in seen.findings:
            self.found(each.what, each.first, each.end, each.more)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {"ok": self.ok, **asdict(self)}


def verify_bundle(
    read: Read,
    keys: Sequence[VerifierKey | str] = (),
    *,
    policy: Policy | None = None,
    since: bytes | None = None,
    progress: Progress = quiet,
    processes: int = 1,
) -> Report:
    """`keys`: the log's, as you know them from elsewhere. `since`: a checkpoint of before; what it covers is proven and not read again.
    `processes`: at most as many share a long log; each is begun anew, so `read` must be what `reading` gave."""
    report = Report()
    seen = _opened(read, list(keys), policy, report)
    if seen is None:
        return report
    now = seen.checkpoint
    report.origin, report.size, report.root = now.origin, now.size, now.root.hex()
    trusted = [*seen.note.keys, *keys, *(policy.logs if policy else ())]
    before = open_by_predecessors(read, since, trusted, now.size) if since else None
    start = _after(read, now, before.checkpoint, report) if before else 0
    walk = _Walk(read, now, start, report, progress, processes)
    walk.all()
    report.config = walk.accounts.config
    report.turns += [str(each) for each in judged(walk.accounts.turns, seen, before if start else None, report.found)]
    return report


def _opened(read: Read, keys: list[VerifierKey | str], policy: Policy | None, report: Report) -> SignedCheckpoint | None:
    data = read(CHECKPOINT)
    if data is None:
        report.found("checkpoint_missing")
        return None
    try:
        seen = open_by_successors(read, data, [*keys, *(policy.logs if policy else ())], policy.witnesses.values() if policy else ())
        if policy is not None:
            check_quorum(policy, seen.note.keys)
    except Refused as refused:
        report.found("checkpoint_refused", more=refused.code)
        return None
    return seen


def _after(read: Read, now: Checkpoint, before: Checkpoint, report: Report) -> int:
    """Where to go on from. A checkpoint of before that does not lead here is the proof that somebody lied."""
    if before.size > now.size:
        report.found("rolled_back", now.size, before.size)
    elif before.size == now.size and before.root != now.root:
        report.found("forked", more="two signed states of one size")
    elif before.size:
        try:
            proof = consistency_proof(before.size, now.size, tile_reader(now.size, lambda tile: _tile(read, tile)))
            check_consistency(before.size, now.size, before.root, now.root, proof)
            return before.size // FULL * FULL
        except Refused as refused:
            report.found("forked", more=refused.code)
    return 0


def _tile(read: Read, tile: Tile) -> bytes:
    data = read(tile.path)
    if data is None:
        raise TileMalformed
    return data


@dataclass(slots=True)
class _Walk:
    read: Read
    now: Checkpoint
    start: int
    report: Report
    progress: Progress
    processes: int
    accounts: Accounts = field(default_factory=Accounts)
    absent: list[int] = field(default_factory=list)
    bare: list[tuple[int, str, str]] = field(default_factory=list)
    """Parts that are gone: entry, part, key."""
    roots: list[bytes | None] = field(default_factory=list)
    tiles: dict[int, bytes] = field(default_factory=dict)
    edge: list[bytes] | None = field(default_factory=list)

    def all(self) -> None:
        self.report.verified_from = self.start
        before, bundles = self._before(), -(-self.now.size // FULL)
        stretches = [(first, min(first + STRETCH, bundles)) for first in range(self.start // FULL, bundles, STRETCH)]
        for end, seen in examined(self.read, self.now.size, stretches, min(self.processes, 1 + self.now.size // WORTH)):
            self._take(seen)
            self.progress(min(end * FULL, self.now.size), self.now.size)
        if self._root(before) != self.now.root:
            self.report.found("root_differs", self.start, self.now.size)
        self._upper_tiles()
        self._beyond()
        self._excused()
        self.accounts.tell(self.report.found, self.report.gaps, whole=self.start == 0)

    def _take(self, seen: Examined) -> None:
        self.report.take(seen)
        self.roots += seen.roots
        self.tiles |= seen.tiles
        self.edge = seen.edge
        self.absent += seen.absent
        self.bare += seen.bare
        for each in seen.counts:
            self.accounts.counted(*each)
        for idx, entry in seen.controls:
            self.accounts.control(idx, entry)

    def _before(self) -> CompactRange:
        """The tree up to where we go on, of whole bundles: out of tiles, which the root at the end proves."""
        read = tile_reader(self.now.size, lambda tile: _tile(self.read, tile))
        spans, at = list[bytes](), 0
        for bit in range(self.start.bit_length() - 1, -1, -1):
            if self.start >> bit & 1:
                spans.append(subtree_hash(at, at + (1 << bit), read))
                at += 1 << bit
        return CompactRange(self.start // FULL, tuple(spans))

    def _root(self, before: CompactRange) -> bytes | None:
        """None where hashes are missing to make it of."""
        roots = [each for each in self.roots if each is not None]
        if len(roots) < len(self.roots) or self.edge is None:
            return None
        whole = before.extended(roots)
        return CompactRange(whole.size * FULL, whole.hashes).extended(self.edge).root

    def _upper_tiles(self) -> None:
        """Those that stand on others are what those make them."""
        for level, full, rest in tiles_of(self.now.size):
            for index in range(full + (rest > 0)) if level else ():
                self._upper(level, index, FULL if index < full else rest)

    def _upper(self, level: int, index: int, width: int) -> None:
        data = self.read(tile_path(level, index, width))
        below = [self._lower(level - 1, each) for each in range(index * FULL, index * FULL + width)]
        if data is None:
            self.report.found("tile_missing", more=tile_path(level, index, width))
        elif data != b"".join(below) and all(below):
            self.report.found("tile_altered", more=tile_path(level, index, width))

    def _lower(self, level: int, index: int) -> bytes:
        """What a full tile makes; nothing where it is missing."""
        if level == 0 and index * FULL >= self.start:
            return self.tiles[index] if index in self.tiles else self.roots[index - self.start // FULL] or b""
        data = self.read(tile_path(level, index))
        return root(parse_tile(data)) if data is not None and len(data) == FULL * HASH_SIZE else b""

    def _beyond(self) -> None:
        """Entries that stand after the last one that was signed."""
        full, partial = divmod(self.now.size, FULL)
        for index, width in [(full, FULL)] if partial else [(full, 1), (full, FULL)]:
            if self.read(tile_path(ENTRIES, index, width)) is not None:
                self.report.found("entry_inserted", self.now.size, more="after the signed end")
                return

    def _excused(self) -> None:
        allowed = self.accounts.allowed
        for idx in self.absent:
            if idx in allowed:
                self.report.pruned += 1
            else:
                self.report.found("entry_missing", idx)
        for idx, part, key in self.bare:
            if key in self.accounts.erased:
                self.report.erased += 1
            elif idx in allowed:
                self.report.pruned += 1
            else:
                self.report.found("part_missing", idx, more=part)


def examined(read: Read, size: int, stretches: Sequence[tuple[int, int]], processes: int) -> Iterator[tuple[int, Examined]]:
    """Each with where it ends, in their order."""
    look = partial(examine, read, size)
    if processes < 2 or len(stretches) < 2:
        for start, end in stretches:
            yield end, look(start, end)
        return
    # Begun anew, not forked: whoever calls us may have threads, and a fork takes their locks along without them.
    with ProcessPoolExecutor(min(processes, len(stretches)), get_context("spawn")) as pool:
        ends = [end for _, end in stretches]
        yield from zip(ends, pool.map(look, [start for start, _ in stretches], ends), strict=True)
