"""c2sp.org/tlog-checkpoint."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import refused, somebody, vectors, witness
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from daemun.features.audit.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from daemun.features.audit.errors import CheckpointMalformed
from daemun.features.audit.merkle import MOST, leaf_hash, root
from daemun.features.audit.notes import Sign, VerifierKey, cosign, made_note, sign

LOG, SIGNS = somebody("log.example/audit", 1)
ROOT = leaf_hash(b"")


def signed(said: Checkpoint, key: VerifierKey = LOG, signer: Sign = SIGNS) -> bytes:
    return made_note(said.text, [sign(said.text, key, signer)])


@pytest.mark.parametrize("case", vectors("checkpoint_body.json")["cases"], ids=lambda case: case["desc"])
def test_a_checkpoint_is_read_or_refused_as_published(case: dict[str, Any]) -> None:
    if case["ours"]:
        assert parse_checkpoint(case["body"]).text == case["body"]
    else:
        with refused("_checkpoint_malformed"):
            parse_checkpoint(case["body"])


def test_all_checkpoints_of_a_published_log_are_signed_and_hold_the_roots_of_its_entries() -> None:
    log = vectors("log_15_entries.json")
    leaves = [leaf_hash(each.encode()) for each in log["entries_utf8"]]
    assert [each.hex() for each in leaves] == log["leaf_hashes_hex"]
    for size, data in log["checkpoints_by_size"].items():
        said = open_checkpoint(data, [log["vkey"]]).checkpoint
        assert (said.size, said.root) == (int(size), root(leaves[: int(size)]))


@given(st.integers(1, MOST), st.binary(min_size=32, max_size=32))
def test_somebody_else_reads_and_verifies_our_checkpoints(size: int, tree: bytes) -> None:
    said = Checkpoint("log.example/audit", size, tree)
    theirs = TheirCheckpoint.from_text(signed(said).decode())
    theirs.verify(Vkey.from_string(str(LOG)))
    assert (theirs.origin, theirs.size, theirs.root_hash) == (said.origin, said.size, said.root)
    assert parse_checkpoint(said.text) == said


def test_a_log_speaks_only_of_itself() -> None:
    other, signs = somebody("other.example/audit", 2)
    as_other = signed(Checkpoint(LOG.name, 1, ROOT), other, signs)
    with refused("_origin_unknown"):
        open_checkpoint(as_other, [other])
    with refused("_unsigned"):
        open_checkpoint(as_other, [LOG, other])


def test_a_witness_does_not_stand_in_for_the_log() -> None:
    said, (key, signs) = Checkpoint(LOG.name, 1, ROOT), witness("log.example/audit", 1)
    cosigned = made_note(said.text, [cosign(said.text, key, signs, time=7)])
    with refused("_unsigned"):
        open_checkpoint(cosigned, [LOG], [key])
    with refused("_origin_unknown"):
        open_checkpoint(cosigned, [key], [])


def test_who_signed_is_told() -> None:
    said, (key, signs) = Checkpoint(LOG.name, 1, ROOT), witness("witness.example", 3)
    seen = open_checkpoint(made_note(said.text, [sign(said.text, LOG, SIGNS), cosign(said.text, key, signs, time=7)]), [LOG], [key])
    assert seen.is_signed_by(LOG)
    assert seen.is_signed_by(key)
    assert not open_checkpoint(signed(said), [LOG], [key]).is_signed_by(key)


@pytest.mark.parametrize(
    "fields",
    [("", 1, ROOT), ("a\nb", 1, ROOT), ("a", -1, ROOT), ("a", MOST + 1, ROOT), ("a", 1, b"short"), ("a", 0, ROOT), ("a\tb", 1, ROOT)],
)
def test_a_checkpoint_nobody_could_read_is_not_made(fields: tuple[str, int, bytes]) -> None:
    with refused("_checkpoint_malformed"):
        Checkpoint(*fields)


@given(st.text(max_size=300) | st.binary(max_size=300) | st.from_regex(r"a\n[0-9]{1,40}\n[A-Za-z0-9+/]{43}=\n(.*\n)*", fullmatch=True))
def test_anything_else_is_refused_or_is_written_back_as_it_came(text: str | bytes) -> None:
    try:
        said = parse_checkpoint(text)
    except CheckpointMalformed:
        return
    assert said.text == (text if isinstance(text, str) else text.decode())
