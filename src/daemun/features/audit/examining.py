"""A stretch of an exported log, looked at by itself: its entries against its tiles, its parts against its entries.

What depends on the rest of the log (whose counting has holes, what may be gone) is gathered here and judged where all of it comes together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from struct import Struct, error
from typing import Final

import msgspec

from daemun.features.audit.bundle import Read, blobs_path, parse_blobs
from daemun.features.audit.entries import named
from daemun.features.audit.errors import EntryMalformed, Refused
from daemun.features.audit.merkle import HASH_SIZE, root
from daemun.features.audit.sealing import LENGTH_SIZE, PartAltered, committed, unpacked
from daemun.features.audit.tiles import ENTRIES, FULL, parse_bundle, parse_tile, tile_of, tile_path

__all__ = ["Counts", "Examined", "Finding", "Refused", "examine"]

Counts = tuple[str, list[int], list[int], list[int]]
"""A process, the numbers it gave to entries of one bundle, their times, and their places."""
Bound = tuple[str, str, bytes]
"""A part, the key it is sealed with, and the commitment to it."""


class Facts(msgspec.Struct, gc=False):
    """All that is asked of an entry of any kind; the rest of it is skipped, not built."""

    k: str
    p: tuple[str, int]
    t: int
    b: tuple[Bound, ...] = ()


length_at: Final = Struct(">I").unpack_from
facts_of: Final = msgspec.json.Decoder(Facts).decode


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is a stable code; `first` and `end` are entries (one past the last), where it is about some."""

    what: str
    first: int | None = None
    end: int | None = None
    more: str = ""


@dataclass(slots=True)
class Examined:
    entries: int = 0
    parts: int = 0
    findings: list[Finding] = field(default_factory=list)
    roots: list[bytes | None] = field(default_factory=list)
    """Of each full bundle: what its entries make, or its tile where they are gone."""
    tiles: dict[int, bytes] = field(default_factory=dict)
    """What a tile makes, where that is another root; nothing where it is missing."""
    edge: list[bytes] | None = field(default_factory=list)
    """The hashes of the last bundle, when it is not full."""
    counts: list[Counts] = field(default_factory=list)
    controls: list[tuple[int, bytes]] = field(default_factory=list)
    absent: list[int] = field(default_factory=list)
    bare: list[tuple[int, str, str]] = field(default_factory=list)
    """Parts that are gone: entry, part, key."""


def examine(read: Read, size: int, start: int, end: int) -> Examined:
    """The bundles from `start` up to `end` of a log of this size."""
    look = _Look(read, Examined())
    for index in range(start, end):
        look.bundle(index, tile_of(ENTRIES, index, size).width)
    return look.seen


@dataclass(frozen=True, slots=True)
class _Look:
    read: Read
    seen: Examined

    def bundle(self, index: int, width: int) -> None:
        tile, entries = self._tile(index, width), self._entries(index, width)
        if tile is None or entries is None:
            self._rooted(index, width, None if tile is None else list(parse_tile(tile, width)), tile)
            return
        own = [sha256(b"\x00" + each).digest() for each in entries]
        sound: Sequence[bytes] = entries
        if b"".join(own) != tile:
            own, sound = self._differing(index * FULL, entries, own, parse_tile(tile, width))
        self._rooted(index, width, own, tile)
        self._content(index, width, sound)

    def _tile(self, index: int, width: int) -> bytes | None:
        path = tile_path(0, index, width)
        data = self.read(path)
        if data is None or len(data) != width * HASH_SIZE:
            self._found("tile_missing", index * FULL, index * FULL + width, path)
            return None
        return data

    def _entries(self, index: int, width: int) -> list[bytes] | None:
        first, data = index * FULL, self.read(tile_path(ENTRIES, index, width))
        if data is None:
            self.seen.absent += range(first, first + width)
            return None
        try:
            entries = parse_bundle(data)
        except Refused as refused:
            self._found("bundle_refused", first, first + width, refused.code)
            return None
        if len(entries) > width:
            self._found("entry_inserted", first + width, first + len(entries))
        elif len(entries) < width:
            self._found("truncated", first + len(entries), first + width)
        return entries[:width]

    def _differing(
        self, first: int, entries: Sequence[bytes], hashed: Sequence[bytes], kept: Sequence[bytes]
    ) -> tuple[list[bytes], list[bytes]]:
        """Its hashes as the tree has them, and the entries that are what they were; an empty one is pruned."""
        own = [hashed[at] if each else kept[at] for at, each in enumerate(entries)]
        self._named(first, own, kept)
        self.seen.absent += [first + at for at, each in enumerate(entries) if not each]
        sound = [each if own[at] == kept[at] else b"" for at, each in enumerate(entries)]
        return own + list(kept[len(own) :]), sound

    def _named(self, first: int, own: Sequence[bytes], kept: Sequence[bytes]) -> None:
        """What was done to make them differ, as far as their hashes tell."""
        places = {each: at for at, each in enumerate(kept)}
        wrong = [at for at, each in enumerate(own) if each != kept[at]]
        if not wrong:
            return
        at, rest = wrong[0], len(own) - 1
        if own[at + 1 :] and list(own[at + 1 :]) == list(kept[at:rest]) and len(wrong) > 1:
            self._found("entry_inserted", first + at)
        elif list(own[at:rest]) == list(kept[at + 1 : rest + 1]) and at < rest:
            self._found("entry_removed", first + at)
        else:
            for each in wrong:
                self._found("entry_reordered" if own[each] in places else "entry_altered", first + each)

    def _rooted(self, index: int, width: int, hashes: list[bytes] | None, tile: bytes | None) -> None:
        if width < FULL:
            self.seen.edge = hashes
            return
        self.seen.roots.append(None if hashes is None else root(hashes))
        if tile is None:
            self.seen.tiles[index] = b""
        elif hashes is None or b"".join(hashes) != tile:
            self.seen.tiles[index] = root(parse_tile(tile))

    def _content(self, index: int, width: int, entries: Sequence[bytes]) -> None:
        """Of entries that are what the tree says; an empty one is not."""
        first, facts, blobs = index * FULL, self._facts(index * FULL, entries), self._blobs(index, width)
        places = [first + at for at, each in enumerate(facts) if each is not None]
        known = [each for each in facts if each is not None]
        self.seen.entries += len(known)
        self.seen.parts += sum([len(each.b) for each in known])
        self.seen.controls += [(idx, entries[idx - first]) for idx, each in zip(places, known, strict=True) if each.k != "event"]
        self._counted(places, known)
        for idx, each in zip(places, known, strict=True):
            if each.b and not _is_whole(each.b, blobs[idx - first]):
                self._parts(idx, each.b, blobs[idx - first])

    def _facts(self, first: int, entries: Sequence[bytes]) -> list[Facts | None]:
        try:
            return [facts_of(each) if each else None for each in entries]
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [self._fact(first + at, each) if each else None for at, each in enumerate(entries)]

    def _fact(self, idx: int, entry: bytes) -> Facts | None:
        try:
            return facts_of(entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._found("entry_malformed", idx)
            return None

    def _counted(self, places: list[int], known: list[Facts]) -> None:
        boots = dict.fromkeys([each.p[0] for each in known])
        for boot in boots:
            of = list(range(len(known))) if len(boots) == 1 else [at for at, each in enumerate(known) if each.p[0] == boot]
            self.seen.counts.append((boot, [known[at].p[1] for at in of], [known[at].t for at in of], [places[at] for at in of]))

    def _blobs(self, index: int, width: int) -> list[bytes]:
        """Nothing for each, where there are none."""
        data = self.read(blobs_path(index, width))
        try:
            return [b""] * width if data is None else parse_blobs(data, width)
        except Refused:
            self._found("parts_refused", index * FULL, index * FULL + width)
            return [b""] * width

    def _parts(self, idx: int, bound: Sequence[Bound], blob: bytes) -> None:
        """Which are gone, and which are not what they were."""
        try:
            parts = unpacked(blob, len(bound))
        except PartAltered:
            self._found("part_altered", idx, more="all")
            return
        told = list(zip(bound, parts, strict=True))
        self.seen.bare += [(idx, part, key) for (part, key, _), sealed in told if not sealed]
        altered = [part for (part, _, kept), sealed in told if sealed and committed(part, sealed) != kept]
        if altered:
            self._found("part_altered", idx, more=altered[-1])

    def _found(self, what: str, first: int, end: int | None = None, more: str = "") -> None:
        self.seen.findings.append(Finding(what, first, first + 1 if end is None else end, more))


def _is_whole(bound: Sequence[Bound], blob: bytes) -> bool:
    """Whether every part is there and is what the entry commits to: asked of all, so without building anything."""
    at = 0
    try:
        for part, _, kept in bound:
            start = at + LENGTH_SIZE
            at = start + length_at(blob, at)[0]
            if sha256(named(part) + blob[start:at]).digest() != kept:
                return False
    except (error, EntryMalformed):  # shorter than a length; or no part is called so
        return False
    return at == len(blob)
