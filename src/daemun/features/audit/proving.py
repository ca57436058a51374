"""What anybody needs to check the log: its checkpoint, its tiles, its entries, and a proof for one of them."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Missing
from daemun.features.audit.checkpoint import Checkpoint, parse_checkpoint
from daemun.features.audit.merkle import HASH_SIZE, inclusion_proof
from daemun.features.audit.notes import split_note
from daemun.features.audit.proof import Proof
from daemun.features.audit.tiles import FULL, Tile, made_bundle, tile_reader, widths
from daemun.ports.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Proving:
    """Blocks: called from threads. Shows nothing that is not signed. Raises `Missing`."""

    ledger: Ledger

    def checkpoint(self) -> bytes:
        standing = self.ledger.standing()
        if standing is None or not standing.checkpoint:
            raise Missing
        return standing.checkpoint

    def tile(self, tile: Tile) -> bytes:
        """Any that a signed size had: a narrower one is the beginning of what is there now."""
        self._require_signed(tile)
        if not isinstance(tile.level, int):
            kept = self.ledger.entries(tile.index * FULL, tile.width)
            if len(kept) != tile.width or not all(each.entry for each in kept):
                raise Missing  # pruned: its hashes stay
            return made_bundle([each.entry for each in kept])
        return self._hashes(tile)

    def proof(self, idx: int) -> bytes:
        """A `.tlog-proof` file: with the entry and the log's public key it is all that is needed."""
        note = self.checkpoint()
        size = _said(note).size
        if not 0 <= idx < size:
            raise Missing
        return Proof(idx, tuple(inclusion_proof(idx, size, tile_reader(size, self._hashes))), note).data

    def _hashes(self, tile: Tile) -> bytes:
        """Of a size that is known to be signed: the log is not asked for that again with every tile."""
        data = self.ledger.tile(tile.level, tile.index) if isinstance(tile.level, int) else None
        if data is None or len(data) < tile.width * HASH_SIZE:
            raise Missing
        return data[: tile.width * HASH_SIZE]

    def _require_signed(self, tile: Tile) -> None:
        full, partial = widths(tile.level, _said(self.checkpoint()).size)
        if tile.index > full or (tile.index == full and tile.width > partial):
            raise Missing


def _said(note: bytes) -> Checkpoint:
    return parse_checkpoint(split_note(note)[0])
