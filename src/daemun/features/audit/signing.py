"""The log's signature: under a key the database does not hold, and never over a tree smaller than, or other than, the last one signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from daemun.features.audit.checkpoint import Checkpoint, parse_checkpoint
from daemun.features.audit.errors import LogRolledBack, NotConsistent, Refused
from daemun.features.audit.growing import ranged
from daemun.features.audit.merkle import check_consistency, consistency_proof
from daemun.features.audit.notes import ED25519, VerifierKey, made_note, sign, split_note
from daemun.features.audit.tiles import Tile, tile_reader
from daemun.features.audit.turning import handed_over, valid_turn
from daemun.ports.ledger import Ledger, Pin, Standing

SEED_BYTES: Final = 32
MOST_KEYS: Final = 1000
CONTROLS: Final = 500


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

    def hands_over(self, origin: str, to: Signer) -> str:
        """A note that both sign."""
        old, new = self.key(origin), to.key(origin)
        text = handed_over(old, new)
        return made_note(text, [sign(text, old, self._private.sign), sign(text, new, to._private.sign)]).decode()

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signing:
    ledger: Ledger
    pin: Pin
    signers: Callable[[int], Signer]
    """The first key of the log, the one that followed it, and so on."""

    @property
    def signer(self) -> Signer:
        """Whose signature the last checkpoint bears."""
        standing = self.ledger.standing()
        return self.signers(self.generation(standing.checkpoint) if standing else 0)

    def key(self, note: bytes) -> VerifierKey:
        """With which this checkpoint of ours is signed."""
        return self.signers(self.generation(note)).key(split_note(note)[0].partition("\n")[0])

    def keys(self, note: bytes) -> list[VerifierKey]:
        """With which this checkpoint and those before it are signed, the last first."""
        origin = split_note(note)[0].partition("\n")[0]
        return [self.signers(number).key(origin) for number in range(self.generation(note), -1, -1)]

    def generation(self, note: bytes) -> int:
        """How many keys came before the one that signed it."""
        if not note:
            return 0
        text, signatures = split_note(note)
        known = {each.key_id for each in signatures}
        return next((at for at in range(MOST_KEYS) if self.signers(at).key(text.partition("\n")[0]).id in known), 0)

    def due(self, standing: Standing) -> int:
        """Which key signs what stands there now: an entry that is not signed yet may have handed the log over."""
        number, at = self.generation(standing.checkpoint), max(0, size_of(standing.checkpoint))
        while kept := self.ledger.controls(at, CONTROLS):
            for each in kept:
                turn = valid_turn(each.idx, each.entry) if each.idx < standing.size else None
                number += turn is not None and turn.new == self.signers(number + 1).key(standing.origin)
            at = kept[-1].idx + 1
        return number

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

    def sign(self, standing: Standing, *, turned: bool = True) -> bytes:
        """Pins first: a signature that is out and not remembered could be followed by another history. `turned`: whether the key may have
        been replaced since the last one."""
        now, number = _checkpoint(standing), self.due(standing) if turned else self.generation(standing.checkpoint)
        self.pin.swap(self.require_unchanged(standing), (now.size, now.root))
        note = self.signers(number).signed(now)
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
