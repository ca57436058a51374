"""What anybody needs to check the log: its checkpoint, its tiles, its entries, and a proof for one of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from daemun.core.errors import Missing
from daemun.features.audit.checkpoint import Checkpoint, parse_checkpoint
from daemun.features.audit.merkle import HASH_SIZE, HashReader, inclusion_proof
from daemun.features.audit.notes import split_note
from daemun.features.audit.proof import Proof
from daemun.features.audit.tiles import FULL, Inner, Tile, inner_of, made_bundle, node_of, tile_of, tile_reader, widths
from daemun.ports.ledger import Ledger

REMEMBERED: Final = 256
"""Tiles of 16 KiB each: those above 16 million entries."""


@dataclass(slots=True)
class Upper:
    """The inner nodes of tiles that the proofs of thousands of entries ask for: those above the leaves, and the right edge. A tile of a
    width never changes."""

    _kept: OrderedDict[Tile, Inner] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def among(self, asked: Iterable[Tile]) -> dict[Tile, Inner]:
        with self._lock:
            known = {tile: self._kept[tile] for tile in asked if tile in self._kept}
            for tile in known:
                self._kept.move_to_end(tile)
        return known

    def keep(self, tile: Tile, inner: Inner) -> None:
        if tile.width == FULL and tile.level == 0:
            return
        with self._lock:
            self._kept[tile] = inner
            if len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint of ours with the signatures of witnesses. `recent`: they were asked a moment ago, and answered."""

    note: bytes
    size: int
    recent: bool


NOBODY_YET: Final = Cosigned(b"", 0, recent=False)


@dataclass(frozen=True, slots=True)
class Proving:
    """Blocks: called from threads. Shows nothing that is not signed. Raises `Missing`."""

    ledger: Ledger
    kept: Upper = field(default_factory=Upper)

    def checkpoint(self, cosigned: Cosigned = NOBODY_YET) -> bytes:
        """What witnesses have cosigned, as long as they go along; else the last one, under our signature alone."""
        standing = self.ledger.standing()
        if standing is None or not standing.checkpoint:
            raise Missing
        last = standing.checkpoint
        return cosigned.note if cosigned.note and (cosigned.recent or cosigned.size == _said(last).size) else last

    def tile(self, tile: Tile) -> bytes:
        """Any that a signed size had: a narrower one is the beginning of what is there now."""
        self._require_signed(tile)
        if not isinstance(tile.level, int):
            kept = self.ledger.entries(tile.index * FULL, tile.width)
            if len(kept) != tile.width or not all(each.entry for each in kept):
                raise Missing  # pruned: its hashes stay
            return made_bundle([each.entry for each in kept])
        return self._hashes(tile)

    def proof(self, idx: int, cosigned: Cosigned = NOBODY_YET) -> bytes:
        """A `.tlog-proof` file: with the entry and the log's public key it is all that is needed. What no witness has seen yet is proven
        by our own signature."""
        note = self.checkpoint(cosigned if idx < cosigned.size else NOBODY_YET)
        size = _said(note).size
        if not 0 <= idx < size:
            raise Missing
        return Proof(idx, tuple(inclusion_proof(idx, size, self._reader(idx, size))), note).data

    def _reader(self, idx: int, size: int) -> HashReader:
        """With all the tiles that this proof asks for, fetched at once."""
        asked = _asked(idx, size)
        known = self.kept.among(asked.values())
        rest = {place: tile for place, tile in asked.items() if tile not in known}
        found = self.ledger.tiles(list(rest)) if rest else {}
        for place, tile in rest.items():
            known[tile] = inner_of(_beginning(found.get(place), tile), tile.width)
            self.kept.keep(tile, known[tile])
        return tile_reader(size, self._hashes, known)

    def _hashes(self, tile: Tile) -> bytes:
        """Of a size that is known to be signed: the log is not asked for that again with every tile."""
        return _beginning(self.ledger.tile(tile.level, tile.index) if isinstance(tile.level, int) else None, tile)

    def _require_signed(self, tile: Tile) -> None:
        full, partial = widths(tile.level, _said(self.checkpoint()).size)
        if tile.index > full or (tile.index == full and tile.width > partial):
            raise Missing


def _asked(idx: int, size: int) -> dict[tuple[int, int], Tile]:
    """The tiles that this proof is made of, by level and index."""
    tiles = dict[tuple[int, int], Tile]()

    def note(level: int, index: int) -> bytes:
        node = node_of(level, index)
        tiles[node.level, node.index] = tile_of(node.level, node.index, size)
        return bytes(HASH_SIZE)

    inclusion_proof(idx, size, note)
    return tiles


def _beginning(data: bytes | None, tile: Tile) -> bytes:
    if data is None or len(data) < tile.width * HASH_SIZE:
        raise Missing
    return data[: tile.width * HASH_SIZE]


def _said(note: bytes) -> Checkpoint:
    return parse_checkpoint(split_note(note)[0])
