"""c2sp.org/tlog-proof and c2sp.org/tlog-policy."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import raw, raws, refused, somebody, vectors, witness

from daemun.features.audit.errors import PolicyMalformed
from daemun.features.audit.merkle import leaf_hash
from daemun.features.audit.notes import VerifierKey
from daemun.features.audit.policy import Policy, check_quorum, parse_policy
from daemun.features.audit.proof import Proof, check_proof, parse_proof

PROOFS = vectors("tlog_proof.json")
LOG = somebody("log.example/audit", 1)[0]
X1, X2, X3, Y1 = (witness(f"{name}.example", seed)[0] for seed, name in enumerate(("x1", "x2", "x3", "y1"), 2))
POLICY = f"""# who is believed
log {LOG} https://log.example/audit

witness X1 {X1}
witness X2\t{X2}  https://x2.example/
  witness X3 {X3}
group X 2 X1 X2 X3
witness Y1 {Y1}
group both all X Y1
quorum both
"""


def policy_of(case: dict[str, Any]) -> Policy:
    witnesses = [f"witness w{number} {vkey}" for number, vkey in enumerate(case["witness_vkeys"])]
    group = [f"group all {case['quorum']} {' '.join(f'w{number}' for number in range(len(witnesses)))}"] if witnesses else []
    return parse_policy("\n".join([f"log {case['vkey']}", *witnesses, *group, f"quorum {'all' if group else 'none'}", ""]))


@pytest.mark.parametrize("case", PROOFS["verify"], ids=lambda case: case["desc"])
def test_a_proof_convinces_or_is_refused_as_published(case: dict[str, Any]) -> None:
    leaf = leaf_hash(case["data_utf8"].encode())
    if case["valid"]:
        check_proof(case["proof"], leaf, policy_of(case))
    else:
        with refused():
            check_proof(case["proof"], leaf, policy_of(case))


def test_a_proof_is_written_as_published_and_read_again() -> None:
    for case in PROOFS["marshal"]:
        extra = raw(case["extra"]) if "extra" in case else None
        proof = Proof(case["index"], tuple(raws(case["hashes"])), case["checkpoint"].encode(), extra)
        assert proof.data.decode() == case["want"]
        assert parse_proof(case["want"]) == proof


@pytest.mark.parametrize("case", PROOFS["unmarshal_errors"], ids=lambda case: case["desc"])
def test_what_is_no_proof_is_refused_as_published(case: dict[str, Any]) -> None:
    with refused("_proof_malformed"):
        parse_proof(case["proof"])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("index 6", "index 06"),
        lambda text: text.replace("index 6", "index 18446744073709551616"),
        lambda text: text.replace("index 6", "index  6"),
        lambda text: text.replace("index 6", "index ٦"),
        lambda text: text.replace("index 6", "extra \nindex 6"),
        lambda text: text.replace("index 6", "extra QQ=\nindex 6"),
        lambda text: text.replace("index 6", "extra QR==\nindex 6"),
        lambda text: text.replace("index 6", "extra QQ==\nextra QQ==\nindex 6"),
        lambda text: text.replace("index 6\n", f"index 6\n{'ThcgoV2DYcK+VCxBUDWAlNxmLy2r7dq7dK7+OlgQKWs=' + chr(10):s}" * 65),
        lambda text: text.replace("KWs=", "KWt="),
        lambda text: text.split("\n\n")[0],
        lambda text: text.split("\n\n")[0] + "\n\n",
        lambda text: " " + text,
        lambda text: "\ufeff" + text,
        lambda text: text + "x" * 2_000_000,
        lambda text: None,
    ],
)
def test_a_proof_written_in_another_way_is_refused(change: Any) -> None:
    with refused("_proof_malformed"):
        check_proof(change(PROOFS["verify"][0]["proof"]), leaf_hash(b"seven"), policy_of(PROOFS["verify"][0]))


@given(st.data())
def test_a_damaged_proof_convinces_of_nothing_new(data: st.DataObject) -> None:
    case = PROOFS["verify"][1]
    whole = case["proof"].encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + data.draw(st.integers(0, 2)) :]
    if damaged != whole:
        with refused():
            check_proof(damaged, leaf_hash(b"seven"), policy_of(case))


def test_extra_data_changes_nothing() -> None:
    case = PROOFS["verify"][0]
    proof = replace(parse_proof(case["proof"]), extra=b"anything")
    check_proof(proof.data, leaf_hash(b"seven"), policy_of(case))


@pytest.mark.parametrize(
    ("seen", "enough"),
    [((X1, X2, Y1), True), ((X1, X2, X3, Y1), True), ((X1, Y1), False), ((X1, X2, X3), False), ((), False), ((X1, X1, Y1), False)],
)
def test_a_quorum_of_groups_is_met_or_not(seen: tuple[VerifierKey, ...], enough: bool) -> None:
    policy = parse_policy(POLICY)
    if enough:
        check_quorum(policy, seen)
    else:
        with refused("_quorum_missing"):
            check_quorum(policy, seen)


def test_a_policy_says_who_is_believed() -> None:
    policy = parse_policy(POLICY.encode())
    assert (policy.logs, policy.quorum, dict(policy.witnesses)) == ((LOG,), "both", {"X1": X1, "X2": X2, "X3": X3, "Y1": Y1})
    assert [(name, each.threshold) for name, each in policy.groups.items()] == [("X", 2), ("both", 2)]
    check_quorum(parse_policy("quorum none\n"), [])
    check_quorum(parse_policy(f"witness w {X1}\nquorum w\n"), [X1])
    check_quorum(parse_policy(f"witness a {X1}\nwitness b {X2}\ngroup g any a b\nquorum g\n"), [X2])


def test_names_are_octets_that_nobody_folds() -> None:
    kelvin = f"witness K {X1}\nwitness \u212a {X2}\ngroup g all K \u212a\nquorum g\n".encode()
    assert len(parse_policy(kelvin).witnesses) == 2
    assert len(parse_policy(b"witness \xff " + str(X1).encode() + b"\nquorum \xff\n").witnesses) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("quorum none", 0),
        ("quorum none\r\n", 0),
        ("\x00quorum none\n", 0),
        ("quorum\x7f none\n", 0),
        ("# nothing\n", 0),
        ("quorum none\nquorum none\n", 2),
        ("quorum\n", 1),
        ("quorum later\n", 1),
        ("logs none\n", 1),
        ("log\n", 1),
        (f"log {LOG} a b\n", 1),
        (f"log {X1}\n", 1),
        (f"log {LOG}\nlog {LOG}\n", 2),
        (f"witness w {LOG}\n", 1),
        (f"witness none {X1}\n", 1),
        (f"witness a {X1}\nwitness a {X2}\n", 2),
        (f"witness a {X1}\nwitness b {X1}\n", 2),
        (f"witness a {X1}\ngroup a all a\n", 2),
        (f"witness a {X1}\ngroup g all\n", 2),
        (f"witness a {X1}\ngroup g 0 a\n", 2),
        (f"witness a {X1}\ngroup g 2 a\n", 2),
        (f"witness a {X1}\ngroup g 01 a\n", 2),
        (f"witness a {X1}\ngroup g most a\n", 2),
        (f"witness a {X1}\ngroup g any a a\n", 2),
        (f"witness a {X1}\ngroup g any none a\n", 2),
        (f"witness a {X1}\ngroup g any a b\n", 2),
        (f"witness a {X1}\ngroup g any a\ngroup h any a\n", 3),
        (f"\n\nwitness a {str(X1)[:-1]}\n", 3),
        ("quorum none\n" + "#" * 100_000 + "\n", 0),
        ("quorum none # nobody\n", 1),
        ("quorum \ud800\n", 1),
    ],
)
def test_a_policy_with_a_mistake_is_refused_at_its_line(text: str, line: int) -> None:
    with pytest.RaisesExc(PolicyMalformed, check=lambda refusal: refusal.data == {"line": line}):
        parse_policy(text)


@given(st.lists(st.sampled_from(["log", "witness", "group", "quorum", "none", "any", "all", "1", str(X1), str(LOG), "a", "b", "\n"])))
def test_any_other_policy_is_read_or_refused(words: list[str]) -> None:
    with suppress(PolicyMalformed):
        assert parse_policy(" ".join(words) + "\n").quorum
