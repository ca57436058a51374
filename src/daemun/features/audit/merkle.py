"""The tree of RFC 6962 2.1 (the same as RFC 9162's): its hashes, its proofs, and their checks. Pure.

A span is the entries from its start up to, not with, its end. A proof is the hashes beside the way from a span up to a larger one: from a
leaf (inclusion), or from the whole of an older tree (consistency). Making and checking walk the same way, written down once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import Final

from daemun.features.audit.errors import HashMalformed, NotConsistent, NotIncluded, OutsideTree, ProofOfOtherLength, Refused

__all__ = [
    "EMPTY_ROOT",
    "MOST",
    "CompactRange",
    "HashReader",
    "Refused",
    "check_consistency",
    "check_inclusion",
    "check_subtree_consistency",
    "check_subtree_inclusion",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "parents",
    "root",
    "subtree_consistency_proof",
    "subtree_hash",
    "subtree_inclusion_proof",
]

EMPTY_ROOT: Final = sha256(b"").digest()
HASH_SIZE: Final = 32
MOST: Final = 2**64 - 1
"""No tree is larger: sizes and indexes are 64 bits wide in everybody else's implementation."""

HashReader = Callable[[int, int], bytes]
"""The hash at (level, index): of the full subtree over the entries from `index * 2**level` up to `(index + 1) * 2**level`."""

Span = tuple[int, int]


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    return CompactRange().extended(leaf_hashes).root


@dataclass(frozen=True, slots=True)
class CompactRange:
    """All that appending needs of a tree: the roots of its full subtrees, the largest first, one for each 1 bit of its size."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if not _is_count(self.size):
            raise OutsideTree
        if len(self.hashes) != self.size.bit_count():
            raise ProofOfOtherLength
        _require_hashes(self.hashes)

    @property
    def root(self) -> bytes:
        return _joined(self.hashes) if self.hashes else EMPTY_ROOT

    def extended(self, leaf_hashes: Iterable[bytes]) -> CompactRange:
        return self.grown(leaf_hashes)[0]

    def grown(self, leaf_hashes: Iterable[bytes]) -> tuple[CompactRange, list[list[bytes]]]:
        """The larger range, and for each level the nodes that became full: those of levels 0, 8, 16… are what goes into tiles."""
        nodes = list(leaf_hashes)
        _require_hashes(nodes)
        larger, older, kept, levels = self.size + len(nodes), list(self.hashes), list[bytes](), list[list[bytes]]()
        left = self.size
        while nodes or older:
            levels.append(nodes)
            row = [older.pop(), *nodes] if left & 1 else nodes
            if len(row) & 1:
                kept.append(row[-1])
            nodes, left = parents(row), left >> 1
        return CompactRange(larger, tuple(reversed(kept))), levels


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    return subtree_inclusion_proof(index, 0, size, read)


def consistency_proof(old_size: int, new_size: int, read: HashReader) -> list[bytes]:
    _require_old(old_size)
    return subtree_consistency_proof(0, old_size, new_size, read)


def subtree_inclusion_proof(index: int, start: int, end: int, read: HashReader) -> list[bytes]:
    _require_leaf(index, start, end)
    return _proof((index, index + 1), (start, end), read)


def subtree_consistency_proof(start: int, end: int, size: int, read: HashReader) -> list[bytes]:
    _require_within(start, end, size)
    return _proof((start, end), (0, size), read) if start < end else []


def subtree_hash(start: int, end: int, read: HashReader) -> bytes:
    """The root of a span; of (0, size) it is the root of the tree."""
    _require_subtree(start, end)
    return _joined([read(level, index) for level, index in _full_subtrees(start, end)]) if start < end else EMPTY_ROOT


def check_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """A root does not commit to its size: take both from one signed checkpoint."""
    check_subtree_inclusion(index, 0, size, leaf_hash, proof, root)


def check_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Everything is consistent with an empty tree, so an old size of 0 proves nothing and is refused."""
    _require_old(old_size)
    check_subtree_consistency(0, old_size, new_size, old_root, new_root, proof)


def check_subtree_inclusion(index: int, start: int, end: int, leaf_hash: bytes, proof: Sequence[bytes], subtree_root: bytes) -> None:
    _require_leaf(index, start, end)
    _require_hashes((leaf_hash, subtree_root))
    if not _leads((index, index + 1), (start, end), leaf_hash, subtree_root, proof):
        raise NotIncluded


def check_subtree_consistency(start: int, end: int, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """That the entries from `start` to `end` are in the tree as a subtree with this root (draft-ietf-plants-merkle-tree-certs)."""
    _require_within(start, end, size)
    if start == end:
        _require_length(proof, 0)
        held = subtree_root == EMPTY_ROOT
    else:
        held = _leads((start, end), (0, size), subtree_root, root, proof)
    if not held:
        raise NotConsistent


def _way(inner: Span, outer: Span) -> tuple[int, list[Span]]:
    """The spans beside the way up, the nearest first; and where the way starts, which is later than `inner` when `inner` is no node."""
    (start, end), (low, high), beside = inner, outer, list[Span]()
    while (start, end) != (low, high):
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if end <= middle:
            beside.append((middle, high))
            high = middle
        else:
            beside.append((low, middle))
            low, start = middle, max(start, middle)
    beside.reverse()
    return start, beside


def _leads(inner: Span, outer: Span, inner_hash: bytes, outer_hash: bytes, proof: Sequence[bytes]) -> bool:
    start, beside = _way(inner, outer)
    if not beside:
        _require_length(proof, 0)
        return _is_same(inner_hash, outer_hash)
    is_node = start == inner[0]
    _require_length(proof, len(beside) + (not is_node))
    _require_hashes((inner_hash, outer_hash, *proof))
    small = large = inner_hash if is_node else proof[0]
    for (low, _), other in zip(beside, proof[not is_node :], strict=True):
        if low >= start:
            large = node_hash(large, other)
            continue
        large = node_hash(other, large)
        if low >= inner[0]:
            small = node_hash(other, small)
    return (small, large) == (inner_hash, outer_hash)


def _proof(inner: Span, outer: Span, read: HashReader) -> list[bytes]:
    start, beside = _way(inner, outer)
    first = [] if start == inner[0] else [(start, inner[1])]
    return [subtree_hash(low, high, read) for low, high in first + beside]


def _full_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def parents(row: list[bytes]) -> list[bytes]:
    """A lone last node has none yet, and is never paired with itself."""
    each = iter(row)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=False)]


def _joined(hashes: Sequence[bytes]) -> bytes:
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


def _is_same(one: object, other: object) -> bool:
    return isinstance(one, bytes) and one == other


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _require_old(size: int) -> None:
    if size == 0:
        raise OutsideTree


def _require_leaf(index: int, start: int, end: int) -> None:
    _require_subtree(start, end)
    if not _is_count(index) or not start <= index < end:
        raise OutsideTree


def _require_within(start: int, end: int, size: int) -> None:
    _require_subtree(start, end)
    if not _is_count(size) or end > size:
        raise OutsideTree


def _require_subtree(start: int, end: int) -> None:
    """Only spans that begin at a multiple of the next power of two of their length are subtrees of a larger tree."""
    if not _is_count(start) or not _is_count(end) or start > end or (start < end and start % (1 << (end - start - 1).bit_length())):
        raise OutsideTree


def _require_length(proof: object, length: int) -> None:
    if not isinstance(proof, list | tuple) or len(proof) != length:
        raise ProofOfOtherLength


def _require_hashes(hashes: Sequence[object]) -> None:
    if not set(map(type, hashes)) <= {bytes} or not set(map(len, hashes)) <= {HASH_SIZE}:  # type: ignore[arg-type]  # all of them are bytes by then
        raise HashMalformed
