"""Whether an exported log is what was signed: with its files and a public key, and nothing else.

Each entry is one of: ok, pruned (its bytes are gone and a later entry says so), or part of a finding. A finding says what was done and
where. What is missing is accepted only when an entry of the same tree authorises it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from daemun.features.audit.accounting import Accounts
from daemun.features.audit.bundle import CHECKPOINT, Progress, Read, blobs_path, entries_paths, parse_blobs, quiet
from daemun.features.audit.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from daemun.features.audit.errors import Refused, TileMalformed
from daemun.features.audit.merkle import CompactRange, check_consistency, consistency_proof, leaf_hash, subtree_hash
from daemun.features.audit.notes import VerifierKey
from daemun.features.audit.policy import Policy, check_quorum
from daemun.features.audit.tiles import ENTRIES, FULL, Tile, parse_bundle, parse_tile, tile_path, tile_reader, tiles_of

__all__ = ["Finding", "Refused", "Report", "verify_bundle"]

LARGEST_SHOWN: Final = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is a stable code; `first` and `end` are entries (one past the last), where it is about some."""

    what: str
    first: int | None = None
    end: int | None = None
    more: str = ""


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
) -> Report:
    """`keys`: the log's, as you know them from elsewhere. `since`: a checkpoint of before; what it covers is proven and not read again."""
    report = Report()
    seen = _opened(read, list(keys), policy, report)
    if seen is None:
        return report
    now = seen.checkpoint
    report.origin, report.size, report.root = now.origin, now.size, now.root.hex()
    start = _after(read, now, since, [*keys, *(policy.logs if policy else ())], report) if since else 0
    _Walk(read, now, start, report, progress).all()
    return report


def _opened(read: Read, keys: list[VerifierKey | str], policy: Policy | None, report: Report) -> SignedCheckpoint | None:
    data = read(CHECKPOINT)
    if data is None:
        report.found("checkpoint_missing")
        return None
    try:
        seen = open_checkpoint(data, [*keys, *(policy.logs if policy else ())], policy.witnesses.values() if policy else ())
        if policy is not None:
            check_quorum(policy, seen.note.keys)
    except Refused as refused:
        report.found("checkpoint_refused", more=refused.code)
        return None
    return seen


def _after(read: Read, now: Checkpoint, since: bytes, keys: Iterable[VerifierKey | str], report: Report) -> int:
    """Where to go on from. A checkpoint of before that does not lead here is the proof that somebody lied."""
    before = open_checkpoint(since, keys).checkpoint
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
    accounts: Accounts = field(default_factory=Accounts)
    absent: list[int] = field(default_factory=list)
    bare: list[tuple[int, str, str]] = field(default_factory=list)
    """Parts that are gone: entry, part, key."""

    def all(self) -> None:
        self.report.verified_from = self.start
        tree = self._before()
        for index, width in entries_paths(self.now.size, self.start):
            tree = self._bundle(index, width, tree)
            self.progress(min((index + 1) * FULL, self.now.size), self.now.size)
        if tree is None or tree.root != self.now.root:
            self.report.found("root_differs", self.start, self.now.size)
        self._upper_tiles()
        self._beyond()
        self._excused()
        self.accounts.tell(self.report.found, self.report.gaps, whole=self.start == 0)

    def _before(self) -> CompactRange | None:
        """The tree up to where we go on: out of tiles, which the root at the end proves."""
        if self.start == 0:
            return CompactRange()
        read = tile_reader(self.now.size, lambda tile: _tile(self.read, tile))
        spans, at = list[bytes](), 0
        for bit in range(self.start.bit_length() - 1, -1, -1):
            if self.start >> bit & 1:
                spans.append(subtree_hash(at, at + (1 << bit), read))
                at += 1 << bit
        return CompactRange(self.start, tuple(spans))

    def _bundle(self, index: int, width: int, tree: CompactRange | None) -> CompactRange | None:
        first = index * FULL
        hashes = self._hashes(index, width)
        entries = self._entries(index, width)
        if entries is None or hashes is None:
            return tree.extended(hashes) if tree is not None and hashes is not None else None
        own = [leaf_hash(each) if each else hashes[at] for at, each in enumerate(entries)]
        if own != hashes[: len(own)] or len(own) < width:
            self._named(first, own, hashes)
        self.absent += [first + at for at, each in enumerate(entries) if not each]
        blobs = self._blobs(index, width)
        for at, entry in enumerate(entries):
            if entry and own[at] == hashes[at]:
                self._entry(first + at, entry, blobs[at] if blobs else None)
        return tree.extended(own + hashes[len(own) :]) if tree is not None else None

    def _hashes(self, index: int, width: int) -> list[bytes] | None:
        try:
            return list(parse_tile(_tile(self.read, Tile(0, index, width)), width))
        except Refused:
            self.report.found("tile_missing", index * FULL, index * FULL + width, tile_path(0, index, width))
            return None

    def _entries(self, index: int, width: int) -> list[bytes] | None:
        first, data = index * FULL, self.read(tile_path(ENTRIES, index, width))
        if data is None:
            self.absent += range(first, first + width)
            return None
        try:
            entries = parse_bundle(data)
        except Refused as refused:
            self.report.found("bundle_refused", first, first + width, refused.code)
            return None
        if len(entries) > width:
            self.report.found("entry_inserted", first + width, first + len(entries))
        elif len(entries) < width:
            self.report.found("truncated", first + len(entries), first + width)
        return entries[:width]

    def _blobs(self, index: int, width: int) -> list[bytes] | None:
        data = self.read(blobs_path(index, width))
        try:
            return None if data is None else parse_blobs(data, width)
        except Refused:
            self.report.found("parts_refused", index * FULL, index * FULL + width)
            return None

    def _named(self, first: int, own: Sequence[bytes], kept: Sequence[bytes]) -> None:
        """What was done to make them differ, as far as their hashes tell."""
        places = {each: at for at, each in enumerate(kept)}
        wrong = [at for at, each in enumerate(own) if each != kept[at]]
        if not wrong:
            return
        at, rest = wrong[0], len(own) - 1
        if own[at + 1 :] and list(own[at + 1 :]) == list(kept[at:rest]) and len(wrong) > 1:
            self.report.found("entry_inserted", first + at)
        elif list(own[at:rest]) == list(kept[at + 1 : rest + 1]) and at < rest:
            self.report.found("entry_removed", first + at)
        else:
            for each in wrong:
                self.report.found("entry_reordered" if own[each] in places else "entry_altered", first + each)

    def _entry(self, idx: int, entry: bytes, blob: bytes | None) -> None:
        self.report.entries += 1
        gone, altered, sealed = self.accounts.take(idx, entry, blob)
        self.report.parts += sealed
        if altered:
            self.report.found("part_altered", idx, more=altered)
        self.bare += [(idx, part, key) for part, key in gone]

    def _upper_tiles(self) -> None:
        """Those that stand on others are what those make them."""
        for level, full, partial in tiles_of(self.now.size):
            for index in range(full + (partial > 0)) if level else ():
                self._upper(level, index, FULL if index < full else partial)

    def _upper(self, level: int, index: int, width: int) -> None:
        data, below = self.read(tile_path(level, index, width)), list[bytes]()
        for each in range(index * FULL, index * FULL + width):
            lower = self.read(tile_path(level - 1, each, FULL))
            below.append(b"" if lower is None or len(lower) != FULL * 32 else CompactRange().extended(parse_tile(lower)).root)
        if data is None:
            self.report.found("tile_missing", more=tile_path(level, index, width))
        elif data != b"".join(below) and all(below):
            self.report.found("tile_altered", more=tile_path(level, index, width))

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
