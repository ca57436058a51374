"""What was done. Until the provable log stands here: one dated JSONL file a day, and the formats the log will be proven in."""

from daemun.features.audit.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint, parse_checkpoint
from daemun.features.audit.entries import commitment, made_entry, parse_entry
from daemun.features.audit.errors import Refused
from daemun.features.audit.feature import feature
from daemun.features.audit.merkle import (
    CompactRange,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    subtree_hash,
)
from daemun.features.audit.notes import Note, Signature, VerifierKey, open_note, parse_verifier_key
from daemun.features.audit.policy import Policy, check_quorum, parse_policy
from daemun.features.audit.proof import Proof, check_proof, parse_proof
from daemun.features.audit.tiles import Tile, parse_bundle, parse_tile, parse_tile_path, tile_path, tile_reader, tiles_of

__all__ = [
    "Checkpoint",
    "CompactRange",
    "Note",
    "Policy",
    "Proof",
    "Refused",
    "Signature",
    "SignedCheckpoint",
    "Tile",
    "VerifierKey",
    "check_consistency",
    "check_inclusion",
    "check_proof",
    "check_quorum",
    "commitment",
    "consistency_proof",
    "feature",
    "inclusion_proof",
    "leaf_hash",
    "made_entry",
    "open_checkpoint",
    "open_note",
    "parse_bundle",
    "parse_checkpoint",
    "parse_entry",
    "parse_policy",
    "parse_proof",
    "parse_tile",
    "parse_tile_path",
    "parse_verifier_key",
    "subtree_hash",
    "tile_path",
    "tile_reader",
    "tiles_of",
]
