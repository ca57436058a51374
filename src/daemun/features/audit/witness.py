"""What a witness is asked (c2sp.org/tlog-witness, add-checkpoint) and what it answers. Pure.

The witness must keep what `considered` returned, by compare-and-swap on the old size, before it answers: two requests at once must not
take it back to the smaller tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from daemun.features.audit.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint, parse_checkpoint
from daemun.features.audit.errors import (
    NotConsistent,
    NoteMalformed,
    NoteUnsigned,
    OriginUnknown,
    OutsideTree,
    ProofOfOtherLength,
    Refused,
    RequestMalformed,
    SignatureInvalid,
    SizeIsOther,
    TooManySignatures,
)
from daemun.features.audit.merkle import HASH_SIZE, check_consistency
from daemun.features.audit.notes import VerifierKey, split_note
from daemun.features.audit.spelling import decoded, from_base64, from_decimal, lines_of, to_base64

__all__ = ["ANSWERS", "Refused", "Request", "considered", "origin_asked", "parse_request"]

MOST_HASHES: Final = 63
LONGEST: Final = 2_000_000

ANSWERS: Final[Mapping[type[Refused], int]] = {
    OriginUnknown: 404,
    NoteMalformed: 403,
    NoteUnsigned: 403,
    SignatureInvalid: 403,
    TooManySignatures: 403,
    SizeIsOther: 409,
    NotConsistent: 422,
    ProofOfOtherLength: 422,
    Refused: 400,
}
"""Statuses that belong to the protocol, for the most specific of its refusals; a 409 answers with the size it knows."""


@dataclass(frozen=True, slots=True)
class Request:
    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def data(self) -> bytes:
        return "\n".join([f"old {self.old_size}", *map(to_base64, self.proof), "", ""]).encode() + self.checkpoint


def parse_request(data: bytes | str) -> Request:
    head, empty, checkpoint = (decoded(data, longest=LONGEST) or "").partition("\n\n")
    lines = lines_of(f"{head}\n") if empty and "\n\n" in checkpoint else None
    if not lines or not lines[0].startswith("old ") or len(lines) > 1 + MOST_HASHES:
        raise RequestMalformed
    old, proof = from_decimal(lines[0].removeprefix("old ")), tuple(from_base64(each) or b"" for each in lines[1:])
    if old is None or any(len(each) != HASH_SIZE for each in proof):
        raise RequestMalformed
    return Request(old, proof, checkpoint.encode())


def origin_asked(request: Request) -> str:
    """Whose state to look up. Nothing is proven by it."""
    return parse_checkpoint(split_note(request.checkpoint)[0]).origin


def considered(request: Request, logs: Iterable[VerifierKey | str], seen: Checkpoint | None) -> SignedCheckpoint:
    """The checkpoint, when it may be cosigned after `seen`, the last that was."""
    asked = open_checkpoint(request.checkpoint, logs)
    known = 0 if seen is None else seen.size
    if request.old_size > asked.checkpoint.size:
        raise OutsideTree
    if request.old_size != known:
        raise SizeIsOther(size=known)
    _require_growth(seen if known else None, asked.checkpoint, request.proof)
    return asked


def _require_growth(seen: Checkpoint | None, asked: Checkpoint, proof: tuple[bytes, ...]) -> None:
    if seen is not None:
        check_consistency(seen.size, asked.size, seen.root, asked.root, proof)
    elif proof:
        raise ProofOfOtherLength
