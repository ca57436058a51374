"""What was done, provably: an append-only log, and the formats it is proven in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from daemun.features.audit.bundle import reading, writing
from daemun.features.audit.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint, parse_checkpoint
from daemun.features.audit.entries import commitment, made_entry, parse_entry
from daemun.features.audit.errors import Refused
from daemun.features.audit.examining import Finding
from daemun.features.audit.exporting import export_log
from daemun.features.audit.merkle import (
    CompactRange,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    subtree_hash,
)
from daemun.features.audit.notes import Note, Signature, VerifierKey, cosignature_key, open_note, parse_verifier_key
from daemun.features.audit.policy import Policy, check_quorum, parse_policy
from daemun.features.audit.proof import Proof, check_proof, parse_proof
from daemun.features.audit.searching.errors import QueryMalformed
from daemun.features.audit.searching.query import Query
from daemun.features.audit.settings import AuditSettings
from daemun.features.audit.sinks.settings import FilesSettings, S3Settings, SinkSettings, SyslogSettings, WebhookSettings
from daemun.features.audit.tiles import Tile, parse_bundle, parse_tile, parse_tile_path, tile_path, tile_reader, tiles_of
from daemun.features.audit.verifying import Report, verify_bundle

if TYPE_CHECKING:
    from daemun.features.audit.declaring import Declared
    from daemun.features.audit.exports.export import Export, Order, Reads
    from daemun.features.audit.feature import feature
    from daemun.features.audit.forgetting import Forgetting
    from daemun.features.audit.pressure import Pressure
    from daemun.features.audit.proving import Proving
    from daemun.features.audit.searching.found import Found
    from daemun.features.audit.searching.marks import Marks
    from daemun.features.audit.searching.people import Named, People
    from daemun.features.audit.searching.projector import Projector
    from daemun.features.audit.searching.search import Lexicon, Search
    from daemun.features.audit.sequencer import Sequencer
    from daemun.features.audit.service import Audit
    from daemun.features.audit.sinks.deliver import Shipping
    from daemun.features.audit.sinks.models import DeadLetter, Outlet, SinkState
    from daemun.features.audit.sinks.reading import Unsealing
    from daemun.features.audit.spilling import Spilling
    from daemun.features.audit.watching.witnesses import Place, Witnesses
    from daemun.features.audit.witnessing import Witness, witness_application

__all__ = [
    "Audit",
    "AuditSettings",
    "Checkpoint",
    "CompactRange",
    "DeadLetter",
    "Declared",
    "Export",
    "FilesSettings",
    "Finding",
    "Forgetting",
    "Found",
    "Lexicon",
    "Marks",
    "Named",
    "Note",
    "Order",
    "Outlet",
    "People",
    "Place",
    "Policy",
    "Pressure",
    "Projector",
    "Proof",
    "Proving",
    "Query",
    "QueryMalformed",
    "Reads",
    "Refused",
    "Report",
    "S3Settings",
    "Search",
    "Sequencer",
    "Shipping",
    "Signature",
    "SignedCheckpoint",
    "SinkSettings",
    "SinkState",
    "Spilling",
    "SyslogSettings",
    "Tile",
    "Unsealing",
    "VerifierKey",
    "WebhookSettings",
    "Witness",
    "Witnesses",
    "check_consistency",
    "check_inclusion",
    "check_proof",
    "check_quorum",
    "commitment",
    "consistency_proof",
    "cosignature_key",
    "export_log",
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
    "reading",
    "subtree_hash",
    "tile_path",
    "tile_reader",
    "tiles_of",
    "verify_bundle",
    "witness_application",
    "writing",
]


LATE = {
    "feature": "feature",
    "Audit": "service",
    "Declared": "declaring",
    "Export": "exports.export",
    "Order": "exports.export",
    "Reads": "exports.export",
    "Forgetting": "forgetting",
    "Found": "searching.found",
    "Lexicon": "searching.search",
    "Marks": "searching.marks",
    "Named": "searching.people",
    "People": "searching.people",
    "Projector": "searching.projector",
    "Pressure": "pressure",
    "Proving": "proving",
    "Search": "searching.search",
    "Sequencer": "sequencer",
    "Shipping": "sinks.deliver",
    "DeadLetter": "sinks.models",
    "Outlet": "sinks.models",
    "SinkState": "sinks.models",
    "Spilling": "spilling",
    "Unsealing": "sinks.reading",
    "Witness": "witnessing",
    "Witnesses": "watching.witnesses",
    "Place": "watching.witnesses",
    "witness_application": "witnessing",
}


def __getattr__(name: str) -> Any:
    """Late: whoever checks a proof needs no server, and should not wait for one to load."""
    if name not in LATE:
        raise AttributeError(f"module 'daemun.features.audit' has no attribute {name!r}")
    found = getattr(import_module(f"daemun.features.audit.{LATE[name]}"), name)
    globals()[name] = found  # where loading has just put the module, if it is called the same
    return found
