"""Tiles and entry bundles (c2sp.org/tlog-tiles): the tree and the entries as files that never change. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from struct import Struct, error
from typing import Final, Literal

from daemun.features.audit.errors import BundleMalformed, OutsideTree, Refused, TileMalformed, TilePathMalformed
from daemun.features.audit.merkle import HASH_SIZE, MOST, HashReader, parents

__all__ = [
    "ENTRIES",
    "FULL",
    "LONGEST_ENTRY",
    "Inner",
    "Level",
    "Node",
    "Refused",
    "Tile",
    "inner_of",
    "made_bundle",
    "node_of",
    "parse_bundle",
    "parse_tile",
    "parse_tile_path",
    "tile_of",
    "tile_path",
    "tile_reader",
    "tiles_of",
    "widths",
]

ENTRIES: Final = "entries"
FULL: Final = 256
HIGHEST: Final = 63
length_at: Final = Struct(">H").unpack_from
LONGEST_ENTRY: Final = 65_535
LONGEST_PATH: Final = 60
PATH: Final = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

Level = int | Literal["entries"]
Inner = tuple[bytes, ...]
"""Of a tile: for each level above its own hashes the nodes there, one behind the other."""


@dataclass(frozen=True, slots=True)
class Tile:
    """`width` hashes of a level, or as many entries; fewer than 256 only at the right edge of the tree."""

    level: Level
    index: int
    width: int = FULL

    def __post_init__(self) -> None:
        at_level = self.level == ENTRIES or _is_within(self.level, HIGHEST)
        if not at_level or not _is_within(self.index, MOST) or not _is_within(self.width, FULL) or self.width == 0:
            raise TilePathMalformed

    @property
    def path(self) -> str:
        *above, last = [each.zfill(3) for each in f"{self.index:,}".split(",")]
        partial = f".p/{self.width}" if self.width < FULL else ""
        return f"tile/{self.level}/{''.join(f'x{each}/' for each in above)}{last}{partial}"

    @property
    def end(self) -> int:
        """The first entry after those a full tile here is over: at or below the minimum index it may be pruned."""
        return (self.index + 1) << 8 * (_height(self.level) + 1)


@dataclass(frozen=True, slots=True)
class Node:
    """Where a node of the tree is found: the root of the hashes of a tile from `start` to `end`."""

    level: int
    index: int
    start: int
    end: int


def tile_path(level: Level, index: int, width: int = FULL) -> str:
    return Tile(level, index, width).path


def parse_tile_path(path: str) -> Tile:
    form = PATH.fullmatch(path) if len(path) <= LONGEST_PATH else None
    if form is None:
        raise TilePathMalformed
    index = int(form[2].replace("x", "").replace("/", ""))
    # A partial tile is never as wide as a full one, and of the many ways to pad a number only the shortest is a path.
    tile = Tile(ENTRIES if form[1] == ENTRIES else int(form[1]), index, int(form[3] or FULL))
    if tile.path != path:
        raise TilePathMalformed
    return tile


def widths(level: Level, size: int) -> tuple[int, int]:
    """How many full tiles a level has in a tree of this size, and how many hashes the partial one, if any."""
    if not _is_within(size, MOST) or not _is_within(_height(level), HIGHEST):
        raise OutsideTree
    return divmod(size >> 8 * _height(level), FULL)


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, full tiles, width of the partial one) for each level there is."""
    level = 0
    while any(found := widths(level, size)):
        yield level, *found
        level += 1


def tile_of(level: Level, index: int, size: int) -> Tile:
    """The tile of this index as wide as it is in a tree of this size."""
    full, partial = widths(level, size)
    if not _is_within(index, full if partial else full - 1):
        raise OutsideTree
    return Tile(level, index, FULL if index < full else partial)


def node_of(level: int, index: int) -> Node:
    """A node of the tree, at `level` above the leaves, in tiles."""
    if not _is_within(level, 8 * (HIGHEST + 1) - 1) or not _is_within(index, MOST):
        raise OutsideTree
    above, inside = divmod(level, 8)
    tile, place = divmod(index << inside, FULL)
    return Node(above, tile, place, place + (1 << inside))


def tile_reader(size: int, fetch: Callable[[Tile], bytes], kept: MutableMapping[Tile, Inner] | None = None) -> HashReader:
    """Reads nodes of a tree of this size out of tiles, each fetched once unless it is in `kept`; what is made of them proves them."""
    known = {} if kept is None else kept

    def read(level: int, index: int) -> bytes:
        node = node_of(level, index)
        tile = tile_of(node.level, node.index, size)
        if node.end > tile.width:
            raise OutsideTree
        inner = known[tile] if tile in known else known.setdefault(tile, inner_of(fetch(tile), tile.width))
        at = (node.start >> level % 8) * HASH_SIZE
        return inner[level % 8][at : at + HASH_SIZE]

    return read


def inner_of(data: bytes, width: int = FULL) -> Inner:
    """The nodes of a tile, its own hashes first, then what each pair of those makes, up to the last that is full."""
    levels, row = list[bytes](), list(parse_tile(data, width))
    for _ in range(8):
        levels.append(b"".join(row))
        row = parents(row)
    return tuple(levels)


def parse_tile(data: bytes, width: int = FULL) -> tuple[bytes, ...]:
    if not _is_within(width, FULL) or len(data) != width * HASH_SIZE:
        raise TileMalformed
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))


def made_bundle(entries: Sequence[bytes]) -> bytes:
    if len(entries) > FULL or any(len(each) > LONGEST_ENTRY for each in entries):
        raise BundleMalformed
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)


def parse_bundle(data: bytes, width: int | None = None) -> list[bytes]:
    """All entries of a bundle; `width` of them, when the path said so."""
    entries, at, end = list[bytes](), 0, len(data)
    try:
        while at < end and len(entries) <= FULL:
            start = at + 2
            at = start + length_at(data, at)[0]
            entries.append(data[start:at])
    except error as half:  # of a length
        raise BundleMalformed from half
    if at != end or len(entries) != (len(entries) if width is None else width) or len(entries) > FULL:
        raise BundleMalformed
    return entries


def _height(level: Level) -> int:
    return level if isinstance(level, int) else 0


def _is_within(number: object, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= most
