"""RFC 6962 2.1, RFC 9162 2.1.3 and 2.1.4, and the subtrees of draft-ietf-plants-merkle-tree-certs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import numbered, raw, raws, reader_of, refused, vectors
from tlog_scales.tlog import ConsistencyProof, InclusionProof

from daemun.features.audit.merkle import (
    EMPTY_ROOT,
    MOST,
    CompactRange,
    HashReader,
    Refused,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    subtree_consistency_proof,
    subtree_hash,
    subtree_inclusion_proof,
)

HASHING = vectors("rfc6962_hashing.json")
LEAVES = numbered(1025)
SIZES = st.integers(1, 600)


def holds(case: dict[str, Any], check: Any, *args: Any) -> None:
    if case["valid"]:
        assert check(*args) is None
    else:
        with refused():
            check(*args)


def test_the_hashes_are_those_of_the_rfc() -> None:
    empty, *leaves, node = HASHING["hash_cases"]
    assert root([]).hex() == EMPTY_ROOT.hex() == empty["want"]
    assert [leaf_hash(bytes.fromhex(each["data"])).hex() for each in leaves] == [each["want"] for each in leaves]
    assert node_hash(bytes.fromhex(node["left"]), bytes.fromhex(node["right"])).hex() == node["want"]


def test_a_tree_has_the_published_root_at_every_size_and_the_published_nodes() -> None:
    leaves = [leaf_hash(bytes.fromhex(each)) for each in HASHING["leaf_inputs"]]
    assert [each.hex() for each in leaves] == HASHING["leaf_hashes"]
    assert [root(leaves[:size]).hex() for size in range(9)] == HASHING["root_by_size"]
    assert [[each.hex() for each in row] for row in CompactRange().grown(leaves)[1]] == HASHING["node_hashes_by_level"]
    for size, want in HASHING["computed_here"]["root_by_size"].items():
        assert root(LEAVES[: int(size)]).hex() == want


@pytest.mark.parametrize("case", vectors("inclusion.json")["cases"], ids=lambda case: case["id"])
def test_a_proof_of_inclusion_holds_or_is_refused_as_published(case: dict[str, Any]) -> None:
    args = case["leaf_index"], case["tree_size"], raw(case["leaf_hash"]), raws(case["proof"] or []), raw(case["root"])
    holds(case, check_inclusion, *args)


@pytest.mark.parametrize("case", vectors("consistency.json")["cases"], ids=lambda case: case["id"])
def test_a_proof_of_consistency_holds_or_is_refused_as_published(case: dict[str, Any]) -> None:
    args = case["size1"], case["size2"], raw(case["root1"]), raw(case["root2"]), raws(case["proof"] or [])
    holds(case, check_consistency, *args)


def test_proofs_about_subtrees_hold_or_are_refused_as_published() -> None:
    published = vectors("subtree_proofs.json")
    for case in published["inclusion"]:
        place = case["leaf_index"], case["start"], case["end"]
        holds(case, check_subtree_inclusion, *place, raw(case["leaf_hash"]), raws(case["proof"] or []), raw(case["root"]))
    for case in published["consistency"]:
        place = case["start"], case["end"], case["size"]
        holds(case, check_subtree_consistency, *place, raw(case["root1"]), raw(case["root2"]), raws(case["proof"] or []))


def reader(count: int) -> HashReader:
    return cache(reader_of(numbered(count)))


def subtrees(most: int) -> Iterator[tuple[int, int]]:
    for end in range(most + 1):
        for start in range(end + 1):
            if start in (0, end) or start % (1 << (end - start - 1).bit_length()) == 0:
                yield start, end


def written(lines: Iterator[str]) -> str:
    return sha256("".join(f"{each}\n" for each in lines).encode()).hexdigest()


def test_all_subtrees_of_130_leaves_and_their_proofs_add_up_to_the_published_hashes() -> None:
    read, accumulated = reader(130), HASHING["accumulated"]
    hashes = (f"[{start}, {end}) {subtree_hash(start, end, read).hex()}" for start, end in subtrees(130))
    assert written(hashes) == accumulated["subtree_hash"]["sha256"]
    places = ((index, start, end) for start, end in subtrees(130) for index in range(start, end))
    inclusions = (" ".join([f"{i} [{s}, {e})", *(each.hex() for each in subtree_inclusion_proof(i, s, e, read))]) for i, s, e in places)
    assert written(inclusions) == accumulated["subtree_inclusion"]["sha256"]


def test_all_proofs_that_subtrees_of_130_leaves_are_in_larger_trees_add_up_to_the_published_hash() -> None:
    read = reader(130)
    spans = ((start, end, size) for size in range(131) for start, end in subtrees(size))
    lines = (" ".join([f"[{s}, {e}) {n}", *(each.hex() for each in subtree_consistency_proof(s, e, n, read))]) for s, e, n in spans)
    assert written(lines) == HASHING["accumulated"]["subtree_consistency"]["sha256"]


@given(data=st.data(), size=SIZES)
def test_somebody_elses_verifier_accepts_our_proofs_of_inclusion(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    proof = inclusion_proof(index, size, reader_of(leaves))
    InclusionProof(index, size, proof).check(leaves[index], root(leaves))
    check_inclusion(index, size, leaves[index], proof, root(leaves))


@given(data=st.data(), size=SIZES)
def test_somebody_elses_verifier_accepts_our_proofs_of_consistency(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(old, size, reader_of(LEAVES[:size]))
    ConsistencyProof(old, size, list(proof)).check(root(LEAVES[:old]), root(LEAVES[:size]))
    check_consistency(old, size, root(LEAVES[:old]), root(LEAVES[:size]), proof)


@given(data=st.data(), size=SIZES)
def test_a_proof_with_any_bit_changed_is_refused(data: st.DataObject, size: int) -> None:
    old = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    hashes = [LEAVES[index], root(LEAVES[:size]), *inclusion_proof(index, size, reader_of(LEAVES[:size]))]
    leaf, whole, *proof = bent(data, hashes)
    with refused("_included"):
        check_inclusion(index, size, leaf, proof, whole)
    hashes = [root(LEAVES[:old]), root(LEAVES[:size]), *consistency_proof(old, size, reader_of(LEAVES[:size]))]
    older, newer, *proof = bent(data, hashes)
    with refused("_consistent"):
        check_consistency(old, size, older, newer, proof)


def bent(data: st.DataObject, hashes: list[bytes]) -> list[bytes]:
    which, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    changed = (int.from_bytes(hashes[which], "big") ^ (1 << bit)).to_bytes(32, "big")
    return [*hashes[:which], changed, *hashes[which + 1 :]]


@given(st.lists(st.integers(0, 300), max_size=5))
def test_a_tree_grown_in_pieces_is_the_tree_grown_at_once(pieces: list[int]) -> None:
    leaves, grown, rows = numbered(sum(pieces)), CompactRange(), dict[int, list[bytes]]()
    for each in pieces:
        grown, levels = grown.grown(leaves[grown.size : grown.size + each])
        for level, row in enumerate(levels):
            rows.setdefault(level, []).extend(row)
    assert grown == CompactRange().extended(leaves)
    assert grown.root == subtree_hash(0, len(leaves), reader_of(leaves))
    for level, row in rows.items():
        assert row == [reader_of(leaves)(level, index) for index in range(len(leaves) >> level)]


def test_an_honest_proof_is_at_most_64_hashes_in_the_largest_tree_there_can_be() -> None:
    proof = inclusion_proof(MOST - 1, MOST, lambda level, index: EMPTY_ROOT)
    assert len(proof) == 63
    assert len(inclusion_proof(0, MOST, lambda level, index: EMPTY_ROOT)) == 64
    assert len(consistency_proof(MOST - 1, MOST, lambda level, index: EMPTY_ROOT)) <= 65


ODD = st.one_of(st.integers(), st.integers(-2, 9), st.booleans(), st.just(2**64), st.none(), st.just("1"), st.floats())
ODD_HASH: Any = st.one_of(st.binary(max_size=40), st.just(EMPTY_ROOT), st.none(), st.text(max_size=3), st.integers())
ODD_PROOF: Any = st.one_of(st.lists(ODD_HASH, max_size=70), st.none(), st.just("proof"), st.just({}))


@given(ODD, ODD, ODD_HASH, ODD_PROOF, ODD_HASH)
def test_whatever_is_claimed_the_answer_is_yes_or_a_refusal(index: Any, size: Any, leaf: Any, proof: Any, whole: Any) -> None:
    for check in (check_inclusion, check_consistency):
        args = (index, size, leaf, proof, whole) if check is check_inclusion else (index, size, leaf, whole, proof)
        try:
            assert check(*args) is None
        except Refused as refusal:
            assert refusal.code.startswith("audit_")


def test_what_is_kept_of_a_tree_must_fit_its_size() -> None:
    with refused("_length"):
        CompactRange(3, (EMPTY_ROOT,))
    with refused("_malformed"):
        CompactRange(1, (b"short",))
    with refused("_tree"):
        CompactRange(-1)
    with refused("_malformed"):
        root([b"not a hash"])


def test_nothing_is_proven_about_a_tree_from_an_empty_one() -> None:
    with refused("_tree"):
        consistency_proof(0, 5, reader_of(LEAVES))
    with refused("_tree"):
        inclusion_proof(5, 5, reader_of(LEAVES))
