"""A proof for one entry: how long it takes to make, how large the file is, and how long its reader needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.audit import limits
from bench.audit.log import Opened, last_of_hundred, timed, told
from bench.line import Goal, Line
from daemun.features.audit import Proving, VerifierKey, check_proof, leaf_hash, parse_policy, parse_proof
from daemun.features.audit.notes import COSIGNATURE, cosign, split_note, with_signatures

PROOFS, CHECKS, WITNESSES = 500, 300, 3


def proven(log: Opened) -> Iterator[Line]:
    proving, standing = Proving(log.audit.ledger), log.audit.ledger.standing()
    size = standing.size if standing else 0
    times = [timed(lambda idx=number * 7919 % size: proving.proof(idx)) for number in range(PROOFS)]  # type: ignore[misc]  # the default of a lambda
    proof = parse_proof(proving.proof(size // 3))
    note = f"{told(times)}; {len(proof.hashes)} hashes in a tree of {size:,} entries"
    yield Line(f"inclusion proof on {log.kind}, p99", "ms", last_of_hundred(times) * 1e3, goal=Goal("ours", most=2), note=note)
    if log.kind == "SQLite":
        checkpoint, policy = _witnessed(log, proof.checkpoint)
        leaf = leaf_hash(log.audit.ledger.entries(size // 3, 1)[0].entry)
        yield from _file(replace(proof, checkpoint=checkpoint).data, leaf, policy)


def _file(data: bytes, leaf: bytes, policy: str) -> Iterator[Line]:
    known = parse_policy(policy)

    def check() -> None:
        for _ in range(CHECKS):
            check_proof(data, leaf, known)

    took, bare = timed(check) / CHECKS * 1e3, limits.bare_signature_check() * 1e3
    beside = f"{WITNESSES + 1} bare Ed25519 checks"
    yield Line(f"proof file with {WITNESSES} cosignatures", "B", len(data), goal=Goal("ours", most=2_000))
    yield Line("checking it", "ms", took, beside, (WITNESSES + 1) * bare, took / (WITNESSES + 1) / bare, Goal("ours", most=0.4))


def _witnessed(log: Opened, note: bytes) -> tuple[bytes, str]:
    """The checkpoint with the word of three witnesses, and a policy that asks for all of them."""
    text, lines, signatures = split_note(note)[0], [f"log {log.audit.signing.signer.key(log.audit.origin)}"], []
    for number in range(WITNESSES):
        private = Ed25519PrivateKey.generate()
        key = VerifierKey(f"witness-{number}.example.com", COSIGNATURE, private.public_key().public_bytes_raw())
        signatures.append(cosign(text, key, private.sign, time=int(time.time())))
        lines.append(f"witness w{number} {key}")
    names = " ".join(f"w{number}" for number in range(WITNESSES))
    return with_signatures(note, signatures), "\n".join([*lines, f"group all-of-them all {names}", "quorum all-of-them", ""])
