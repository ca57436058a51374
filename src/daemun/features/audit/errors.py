"""Why something shown about the log is not believed. Each check raises one of these, and nothing else."""

from __future__ import annotations

from daemun.core.errors import Conflict, Unavailable, Unsuitable

__all__ = [
    "AuditUnavailable",
    "BundleMalformed",
    "CheckpointMalformed",
    "EntryMalformed",
    "HashMalformed",
    "KeyAmbiguous",
    "KeyMalformed",
    "KeyRetired",
    "KeyTurnRefused",
    "KeyTurning",
    "LogRolledBack",
    "NotConsistent",
    "NotIncluded",
    "NoteMalformed",
    "NoteUnsigned",
    "OriginUnknown",
    "OutsideTree",
    "PolicyMalformed",
    "ProofMalformed",
    "ProofOfOtherLength",
    "QuorumMissing",
    "Refused",
    "RequestMalformed",
    "SignatureInvalid",
    "SizeIsOther",
    "TileMalformed",
    "TilePathMalformed",
    "TooManySignatures",
]


class Refused(Unsuitable):
    """Not proven, or not written in the one way it is written."""

    code = "audit_refused"


class OutsideTree(Refused):
    """An index or a size that no such tree has: at or past its end, empty, negative, over 64 bits, or an old tree larger than the new."""

    code = "audit_outside_tree"


class HashMalformed(Refused):
    """Something other than 32 bytes."""

    code = "audit_hash_malformed"


class ProofOfOtherLength(Refused):
    """Too few or too many hashes for that place in a tree of that size."""

    code = "audit_proof_length"


class NotIncluded(Refused):
    """The proof leads from this leaf to another root."""

    code = "audit_not_included"


class NotConsistent(Refused):
    """The larger tree does not hold the smaller one unchanged."""

    code = "audit_not_consistent"


class NoteMalformed(Refused):
    code = "audit_note_malformed"


class TooManySignatures(Refused):
    code = "audit_note_too_many_signatures"


class NoteUnsigned(Refused):
    """No signature by a key that is asked for."""

    code = "audit_note_unsigned"


class SignatureInvalid(Refused):
    """In the name of a known key, and not made by it over this text."""

    code = "audit_signature_invalid"


class KeyMalformed(Refused):
    code = "audit_key_malformed"


class KeyAmbiguous(Refused):
    """Two known keys share a name and an id."""

    code = "audit_key_ambiguous"


class KeyTurnRefused(Refused):
    """An entry that hands the log over to another key, and is not signed by both, or not by the one that had it. `index` is where."""

    code = "audit_key_turn_refused"


class KeyRetired(Refused):
    """Signed by a key of the log that was followed by another before that state."""

    code = "audit_key_retired"


class KeyTurning(Conflict):
    """The key is being replaced already."""

    code = "audit_key_turning"


class CheckpointMalformed(Refused):
    code = "audit_checkpoint_malformed"


class OriginUnknown(Refused):
    """A checkpoint of a log nobody here knows."""

    code = "audit_origin_unknown"


class TilePathMalformed(Refused):
    code = "audit_tile_path_malformed"


class TileMalformed(Refused):
    """Not as many hashes as its path says."""

    code = "audit_tile_malformed"


class BundleMalformed(Refused):
    code = "audit_bundle_malformed"


class EntryMalformed(Refused):
    code = "audit_entry_malformed"


class ProofMalformed(Refused):
    code = "audit_proof_malformed"


class PolicyMalformed(Refused):
    """`line` is where, counted from one; 0 is the file as a whole."""

    code = "audit_policy_malformed"


class QuorumMissing(Refused):
    """Signed by the log, and not by enough of its witnesses."""

    code = "audit_quorum_missing"


class RequestMalformed(Refused):
    """What a witness was asked is not written as it is asked."""

    code = "audit_request_malformed"


class SizeIsOther(Refused):
    """The tree a witness last saw has `size` leaves, not as many as it was told."""

    code = "audit_size_other"


class AuditUnavailable(Unavailable):
    """It could not be recorded in time, so it was not done."""

    code = "audit_unavailable"


class LogRolledBack(Unavailable):
    """The log holds fewer entries than were signed, or others."""

    code = "audit_rolled_back"
