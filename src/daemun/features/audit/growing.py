"""How the tree grows by a batch: what its right edge becomes, and which tiles are touched. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from daemun.features.audit.merkle import HASH_SIZE, CompactRange, Refused, leaf_hash
from daemun.features.audit.tiles import FULL

__all__ = ["Edge", "Refused", "Touched", "ranged"]

TILE_BYTES: Final = FULL * HASH_SIZE
LEVELS: Final = 8
Touched = tuple[int, int, bytes]
"""Level and index of a tile, and all of its hashes so far."""


def ranged(size: int, hashes: bytes) -> CompactRange:
    return CompactRange(size, tuple(hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)))


@dataclass(frozen=True, slots=True)
class Edge:
    """A tree that can be appended to: the roots of its full subtrees, and the tile at the right of each level."""

    range: CompactRange
    partial: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, size: int, hashes: bytes, fetch: Callable[[int, int], bytes | None]) -> Edge:
        """As it was left. `LookupError` when a tile is not as wide as the size says."""
        partial, left = list[bytes](), size
        while left:
            index, width = divmod(left, FULL)
            data = (fetch(len(partial), index) or b"")[: width * HASH_SIZE] if width else b""
            if len(data) != width * HASH_SIZE:
                raise LookupError(f"tile {index} of level {len(partial)} has {len(data)} bytes for {width} hashes")
            partial.append(data)
            left = index
        return cls(ranged(size, hashes), tuple(partial))

    def grown(self, entries: Sequence[bytes]) -> tuple[Edge, list[Touched]]:
        larger, levels = self.range.grown([leaf_hash(each) for each in entries])
        partial, touched = list(self.partial), list[Touched]()
        for level, nodes in enumerate(levels[::LEVELS]):
            if level == len(partial):
                partial.append(b"")
            if nodes:
                first = (self.range.size >> LEVELS * level) // FULL
                rows = partial[level] + b"".join(nodes)
                touched += [(level, first + at // TILE_BYTES, rows[at : at + TILE_BYTES]) for at in range(0, len(rows), TILE_BYTES)]
                partial[level] = rows[len(rows) // TILE_BYTES * TILE_BYTES :]
        return Edge(larger, tuple(partial)), touched
