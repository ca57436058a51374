"""Offline proofs (c2sp.org/tlog-proof): one file that shows an entry to be in a log, to whoever has the log's public key. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun.features.audit.errors import ProofMalformed, Refused
from daemun.features.audit.merkle import HASH_SIZE, MOST, check_inclusion
from daemun.features.audit.policy import Policy
from daemun.features.audit.spelling import decoded, from_base64, from_decimal, lines_of, to_base64

__all__ = ["SUFFIX", "Proof", "Refused", "check_proof", "parse_proof"]

HEADER: Final = "c2sp.org/tlog-proof@v1"
SUFFIX: Final = ".tlog-proof"
MOST_HASHES: Final = 64
LONGEST: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """`checkpoint` is the signed note, byte for byte. `extra` is whatever somebody put there: nothing vouches for it."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        hashed = len(self.hashes) <= MOST_HASHES and all(len(each) == HASH_SIZE for each in self.hashes)
        if not 0 <= self.index <= MOST or not hashed or self.extra == b"":
            raise ProofMalformed

    @property
    def data(self) -> bytes:
        extra = [f"extra {to_base64(self.extra)}"] if self.extra is not None else []
        lines = [HEADER, *extra, f"index {self.index}", *map(to_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


def parse_proof(data: bytes | str) -> Proof:
    text = decoded(data, longest=LONGEST)
    head, empty, checkpoint = (text or "").partition("\n\n")
    lines = lines_of(f"{head}\n") if empty and checkpoint else None
    if not lines or lines.pop(0) != HEADER:
        raise ProofMalformed
    extra = _after("extra ", lines.pop(0)) if lines and lines[0].startswith("extra ") else None
    index = from_decimal(_after("index ", lines.pop(0))) if lines else None
    return _proof(index, lines, checkpoint, extra)


def check_proof(proof: Proof | bytes | str, leaf_hash: bytes, policy: Policy) -> None:
    """That the entry with this hash is in a log of the policy, at the proof's index, and that enough witnesses saw that state of it."""
    read = proof if isinstance(proof, Proof) else parse_proof(proof)
    seen = policy.open(read.checkpoint).checkpoint
    check_inclusion(read.index, seen.size, leaf_hash, read.hashes, seen.root)


def _proof(index: int | None, lines: list[str], checkpoint: str, extra: str | None) -> Proof:
    if index is None or len(lines) > MOST_HASHES:
        raise ProofMalformed
    hashes = tuple(from_base64(each) or b"" for each in lines)
    return Proof(index, hashes, checkpoint.encode(), None if extra is None else from_base64(extra) or b"")


def _after(word: str, line: str) -> str:
    return line.removeprefix(word) if line.startswith(word) else ""
