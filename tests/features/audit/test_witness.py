"""c2sp.org/tlog-witness: the call add-checkpoint."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import numbered, reader_of, refused, somebody, vectors

from daemun.features.audit.checkpoint import Checkpoint
from daemun.features.audit.merkle import EMPTY_ROOT, consistency_proof, root
from daemun.features.audit.notes import made_note, sign
from daemun.features.audit.witness import ANSWERS, Refused, Request, considered, origin_asked, parse_request

CALLS = vectors("witness_add_checkpoint.json")
LOG, SIGNS = somebody("log.example/audit", 1)
LEAVES = numbered(20)


def answer_to(refusal: Refused) -> int:
    return next(ANSWERS[each] for each in type(refusal).__mro__ if each in ANSWERS)


def asked(old: int, size: int, tree: bytes | None = None) -> Request:
    said = Checkpoint(LOG.name, size, root(LEAVES[:size]) if tree is None else tree)
    proof = tuple(consistency_proof(old, size, reader_of(LEAVES[:size]))) if 0 < old <= size else ()
    return Request(old, proof, made_note(said.text, [sign(said.text, LOG, SIGNS)]))


def test_a_witness_answers_a_sequence_of_calls_as_published() -> None:
    seen: Checkpoint | None = None
    for number, call in enumerate(CALLS["requests"]):
        try:
            seen, status = considered(parse_request(call["request"]), [CALLS["log_vkey"]], seen).checkpoint, 200
        except Refused as refusal:
            status = answer_to(refusal)
            assert "asserts" not in call or f'body == "{refusal.data["size"]}\\n"' == call["asserts"]
        assert status == call["status_by_spec"], number


def test_a_request_is_written_as_it_is_read() -> None:
    for call in CALLS["requests"]:
        assert parse_request(call["request"]).data.decode() == call["request"]
    assert origin_asked(parse_request(asked(0, 3).data)) == LOG.name


def test_a_witness_follows_a_log_as_it_grows_and_never_back() -> None:
    seen = considered(asked(0, 3), [LOG], None).checkpoint
    grown = considered(asked(3, 20), [LOG], seen).checkpoint
    assert considered(asked(20, 20), [LOG], grown).checkpoint == grown
    with refused("_size_other"):
        considered(asked(3, 20), [LOG], grown)
    with refused("_size_other"):
        considered(asked(3, 3), [LOG], grown)
    with refused("_not_consistent"):
        considered(asked(20, 20, EMPTY_ROOT), [LOG], grown)
    with refused("_not_consistent"):
        considered(Request(3, asked(3, 20).proof, asked(3, 20, EMPTY_ROOT).checkpoint), [LOG], seen)
    with refused("_outside_tree"):
        considered(Request(20, (), asked(0, 3).checkpoint), [LOG], grown)
    with refused("_proof_length"):
        considered(Request(0, (EMPTY_ROOT,), asked(0, 3).checkpoint), [LOG], None)


def test_a_log_that_was_empty_when_last_seen_may_grow() -> None:
    empty = considered(asked(0, 0), [LOG], None).checkpoint
    assert considered(asked(0, 5), [LOG], empty).checkpoint.size == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("old 3", "old 03"),
        lambda text: text.replace("old 3", "old -3"),
        lambda text: text.replace("old 3", "old"),
        lambda text: text.replace("old 3\n", "old 3\nAAAA\n"),
        lambda text: text.replace("old 3\n", "old 3\n" + "A" * 43 + "=\n" * 64),
        lambda text: text.split("\n\n")[0] + "\n\n",
        lambda text: "",
        lambda text: b"\xff" + text.encode(),
    ],
)
def test_a_request_written_in_another_way_is_refused(change: Any) -> None:
    with refused("_request_malformed"):
        parse_request(change(asked(3, 20).data.decode()))


@given(st.data())
def test_a_damaged_request_is_answered_by_a_refusal_that_has_a_status(data: st.DataObject) -> None:
    whole, seen = asked(3, 20).data, Checkpoint(LOG.name, 3, root(LEAVES[:3]))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + data.draw(st.integers(0, 2)) :]
    try:
        assert considered(parse_request(damaged), [LOG], seen).checkpoint.size == 20
        assert damaged == whole
    except Refused as refusal:
        assert answer_to(refusal) in (400, 403, 404, 409, 422)
