"""Checkpoints (c2sp.org/tlog-checkpoint): what a log says of itself at one size, and signs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daemun.features.audit.errors import CheckpointMalformed, NoteUnsigned, OriginUnknown, Refused
from daemun.features.audit.merkle import EMPTY_ROOT, HASH_SIZE, MOST
from daemun.features.audit.notes import ED25519, Note, VerifierKey, open_note, parse_verifier_key, split_note
from daemun.features.audit.spelling import decoded, from_base64, from_decimal, lines_of, to_base64

__all__ = ["Checkpoint", "Refused", "SignedCheckpoint", "open_checkpoint", "parse_checkpoint"]

LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log, its size, the root of its tree; `extensions` are lines that nobody checks, and we write none."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # An empty tree has one root. Whoever signs another says something else in the name of nothing.
        rooted = len(self.root) == HASH_SIZE and (self.size > 0 or self.root == EMPTY_ROOT)
        if not 0 <= self.size <= MOST or not rooted or not all(_is_line(each) for each in (self.origin, *self.extensions)):
            raise CheckpointMalformed

    @property
    def text(self) -> str:
        """What is signed."""
        return "".join(f"{each}\n" for each in (self.origin, self.size, to_base64(self.root), *self.extensions))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    checkpoint: Checkpoint
    note: Note

    def is_signed_by(self, key: VerifierKey) -> bool:
        return key in self.note.keys


def parse_checkpoint(text: bytes | str) -> Checkpoint:
    """The text of a checkpoint, without its signatures: of a note that was opened, that is."""
    read = decoded(text, longest=LONGEST)
    lines = lines_of(read) if read is not None else None
    if lines is None or len(lines) < 3:
        raise CheckpointMalformed
    size, root = from_decimal(lines[1]), from_base64(lines[2])
    if size is None or root is None:
        raise CheckpointMalformed
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def open_checkpoint(data: bytes | str, logs: Iterable[VerifierKey | str], witnesses: Iterable[VerifierKey | str] = ()) -> SignedCheckpoint:
    """A checkpoint signed by the very log it speaks of: one of `logs`, whose key has the origin for a name."""
    trusted = [each if isinstance(each, VerifierKey) else parse_verifier_key(each) for each in logs]
    said = parse_checkpoint(split_note(data)[0])
    own = [each for each in trusted if each.name == said.origin and each.kind == ED25519]
    if not own:
        raise OriginUnknown
    note = open_note(data, [*own, *witnesses])
    if not any(each in own for each in note.keys):
        raise NoteUnsigned
    return SignedCheckpoint(said, note)


def _is_line(text: str) -> bool:
    return bool(text) and lines_of(f"{text}\n") == [text]
