"""The log's signature: under a key the database does not hold, and never over a tree smaller than, or other than, the last one signed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from daemun.features.audit.checkpoint import Checkpoint, parse_checkpoint
from daemun.features.audit.errors import LogRolledBack, NotConsistent, Refused
from daemun.features.audit.growing import ranged
from daemun.features.audit.merkle import check_consistency, consistency_proof
from daemun.features.audit.notes import ED25519, VerifierKey, made_note, sign, split_note
from daemun.features.audit.tiles import Tile, tile_reader
from daemun.ports.ledger import Ledger, Pin, Standing

SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signer:
    seed: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def key(self, origin: str) -> VerifierKey:
        return VerifierKey(origin, ED25519, self.public)

    def signed(self, checkpoint: Checkpoint) -> bytes:
        return made_note(checkpoint.text, [sign(checkpoint.text, self.key(checkpoint.origin), self._private.sign)])

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signing:
    ledger: Ledger
    pin: Pin
    signer: Signer

    def require_unchanged(self, standing: Standing) -> tuple[int, bytes] | None:
        """What was signed last, which the log as it stands still holds. Raises `LogRolledBack`."""
        pinned = self.pin.read()
        if pinned is None or pinned[0] == 0:
            return pinned
        size, root = pinned
        now = _checkpoint(standing)
        if now.size < size:
            raise LogRolledBack(size=now.size, signed=size)
        try:
            proof = consistency_proof(size, now.size, tile_reader(now.size, self._tile))
            check_consistency(size, now.size, root, now.root, proof)
        except (Refused, LookupError) as error:
            raise LogRolledBack(size=now.size, signed=size) from error
        return pinned

    def is_current(self) -> bool:
        """Whether all that has its place is signed."""
        standing = self.ledger.standing()
        return standing is not None and standing.size == size_of(standing.checkpoint)

    def sign(self, standing: Standing) -> bytes:
        """Pins first: a signature that is out and not remembered could be followed by another history."""
        now = _checkpoint(standing)
        self.pin.swap(self.require_unchanged(standing), (now.size, now.root))
        note = self.signer.signed(now)
        self.ledger.sign(now.size, note)
        return note

    def _tile(self, tile: Tile) -> bytes:
        if not isinstance(tile.level, int) or (data := self.ledger.tile(tile.level, tile.index)) is None:
            raise NotConsistent
        return data[: tile.width * 32]


def size_of(checkpoint: bytes) -> int:
    return parse_checkpoint(split_note(checkpoint)[0]).size if checkpoint else -1


def _checkpoint(standing: Standing) -> Checkpoint:
    return Checkpoint(standing.origin, standing.size, ranged(standing.size, standing.hashes).root)
