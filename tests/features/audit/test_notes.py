"""c2sp.org/signed-note, and c2sp.org/tlog-cosignature in its Ed25519 form."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import from_private, raw, refused, somebody, vectors, witness
from tlog_scales.signing import Vkey

from daemun.features.audit.notes import (
    COSIGNATURE,
    ED25519,
    VerifierKey,
    cosign,
    cosigned_at,
    key_id,
    made_note,
    open_note,
    parse_verifier_key,
    sign,
    split_note,
    with_signatures,
)

NOTES = vectors("signed_note.json")
COSIGNATURES = vectors("cosignature.json")
CODES = {"malformed": "_malformed", "unverified": "_unsigned", "invalid_signature": "_invalid"}
LOG, LOG_SIGNS = somebody("log.example/audit", 1)
TEXT = "log.example/audit\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
NOTE = made_note(TEXT, [sign(TEXT, LOG, LOG_SIGNS)])


def named(case: dict[str, Any]) -> str:
    return str(case.get("desc", case.get("vkey")))


@pytest.mark.parametrize("case", [*NOTES["open"], *COSIGNATURES["open"]], ids=named)
def test_a_note_is_opened_or_refused_as_published(case: dict[str, Any]) -> None:
    data = raw(case["note_base64"]) if "note_base64" in case else case["note"]
    if case["result"] == "ok":
        assert [each.name for each in open_note(data, case["vkeys"]).signatures] == case["verified"]
        return
    with refused("_too_many_signatures" if "too many" in case["desc"] else CODES[case["class"]]):
        open_note(data, [parse_verifier_key(each) for each in case["vkeys"]])


@pytest.mark.parametrize("case", NOTES["key_id"], ids=lambda case: case["name"])
def test_a_key_has_its_published_id_and_is_written_as_published(case: dict[str, Any]) -> None:
    public = raw(case["public_key_base64"])
    assert key_id(case["name"], case["signature_type"], public).hex() == case["key_id_hex"]
    assert str(VerifierKey(case["name"], case["signature_type"], public)) == case["vkey"]
    assert parse_verifier_key(case["vkey"]).public == public


@pytest.mark.parametrize("case", NOTES["vkeys"], ids=named)
def test_a_verifier_key_is_read_or_refused_as_published(case: dict[str, Any]) -> None:
    if case["valid"]:
        assert str(parse_verifier_key(case["vkey"])) == case["vkey"]
    else:
        with refused("_key_malformed"):
            parse_verifier_key(case["vkey"])


def test_the_published_keys_of_witnesses_are_read() -> None:
    told = [*COSIGNATURES["vkeys_type4"].values(), *COSIGNATURES["vkeys_type1"].values(), *COSIGNATURES["vkey_valid"]]
    assert [str(parse_verifier_key(each)) for each in told] == told
    assert {parse_verifier_key(each).kind for each in told[:3]} == {COSIGNATURE}


def test_a_note_is_signed_to_the_published_byte() -> None:
    for case in NOTES["sign"]:
        private = case["test_private_key"]
        key = parse_verifier_key(next(each["vkey"] for each in NOTES["key_id"] if each["name"] in private))
        assert made_note(case["text"], [sign(case["text"], key, from_private(private))]).decode() == case["want_note"]


def test_a_checkpoint_is_cosigned_to_the_published_byte() -> None:
    whole = COSIGNATURES["open"][0]["note"]
    text, theirs = split_note(whole)
    keys = [parse_verifier_key(COSIGNATURES["vkeys_type4"][name]) for name in ("Wit1", "Wit2", "Wit3")]
    signers = [from_private(COSIGNATURES["test_private_keys"][each.name]) for each in keys]
    times = [cosigned_at(each.payload) for each in theirs[1:]]
    ours = [cosign(text, key, signer, time=time) for key, signer, time in zip(keys, signers, times, strict=True)]
    assert with_signatures(made_note(text, theirs[:1]), ours).decode() == whole
    assert [each.time for each in ours] == times == [each.time for each in open_note(whole, keys).signatures]


def test_only_a_cosignature_holds_a_time() -> None:
    stamped, plain = COSIGNATURES["timestamps"]
    assert cosigned_at(raw(stamped["signature_base64"])[4:]) == stamped["unix_time"]
    with refused("_invalid"):
        cosigned_at(raw(plain["signature_base64"])[4:])
    with refused("_invalid"):
        cosigned_at((2**63).to_bytes(8, "big") + bytes(64))


def test_the_signature_of_a_known_key_must_be_right_even_beside_a_right_one() -> None:
    wrong = replace(split_note(NOTE)[1][0], payload=bytes(64))
    with refused("_invalid"):
        open_note(with_signatures(NOTE, [wrong]), [LOG])


def test_the_same_signature_twice_counts_once() -> None:
    line = str(split_note(NOTE)[1][0])
    note = open_note(NOTE + f"{line}\n".encode(), [LOG])
    assert (note.text, note.keys, len(note.signatures)) == (TEXT, (LOG,), 1)


def test_sixteen_signatures_are_accepted_and_those_of_strangers_are_told_apart() -> None:
    witnesses = [witness(f"witness{number}.example", number + 10) for number in range(15)]
    more = [cosign(TEXT, key, signs, time=1_794_000_000) for key, signs in witnesses]
    note = open_note(with_signatures(NOTE, more), [LOG, *(key for key, _ in witnesses[:5])])
    assert len(note.signatures) == 6
    assert {each.name for each in note.unknown} == {key.name for key, _ in witnesses[5:]}


def test_a_key_that_is_not_the_signers_signs_nothing() -> None:
    with refused("_invalid"):
        sign(TEXT, LOG, somebody("log.example/audit", 2)[1])
    with refused("_invalid"):
        sign(TEXT, LOG, lambda message: b"short")
    with refused("_key_malformed"):
        sign(TEXT, *witness("witness.example", 3))
    with refused("_key_malformed"):
        cosign(TEXT, LOG, LOG_SIGNS, time=1)


def test_two_keys_of_one_name_and_id_are_not_chosen_between(monkeypatch: pytest.MonkeyPatch) -> None:
    other = somebody(LOG.name, 2)[0]
    assert len(open_note(NOTE, [LOG, LOG, other]).signatures) == 1
    monkeypatch.setattr("daemun.features.audit.notes.key_id", lambda *_: b"same")  # a real collision takes four billion tries
    with refused("_ambiguous"):
        open_note(NOTE, [LOG, other])


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.rstrip("\n"),
        lambda note: note + "\n",
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("— ", "—  "),
        lambda note: note.replace("— ", "— \u2003"),
        lambda note: note.rstrip("\n") + " \n",
        lambda note: note.rstrip("=\n") + "\n",
        lambda note: note.replace("=\n", "==\n"),
        lambda note: note.replace("log.example/audit ", "log+audit "),
        lambda note: note + "— x AAAAAA==\n",
        lambda note: note + "— x AAAAAAF=\n",
        lambda note: note + "— x AAAA_-A=\n",
        lambda note: note + "— x  AAAAAAA=\n",
        lambda note: note.replace("1\n", "1\t\n", 1),
        lambda note: "\ud800" + note,
        lambda note: "x" * 1_000_000 + note,
        lambda note: None,
        lambda note: 7,
    ],
)
def test_what_is_not_written_as_a_note_is_written_is_refused(change: Any) -> None:
    with refused("_note_malformed"):
        open_note(change(NOTE.decode()), [LOG])


def test_text_that_looks_like_signatures_signs_nothing() -> None:
    fake = made_note(NOTE.decode(), [sign(NOTE.decode(), *somebody("else.example", 5))])
    assert open_note(fake, [somebody("else.example", 5)[0]]).text == NOTE.decode()
    with refused("_unsigned"):
        open_note(fake, [LOG])


names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"), min_size=1, max_size=40)


@given(names, st.binary(min_size=32, max_size=32), st.sampled_from([ED25519, COSIGNATURE]))
def test_keys_are_written_as_somebody_else_writes_them(name: str, public: bytes, kind: int) -> None:
    key = VerifierKey(name, kind, public)
    theirs: Any = Vkey(name, None, kind, public)
    assert str(key) == theirs.serialize()
    assert parse_verifier_key(str(key)) == key


@given(st.data())
def test_a_damaged_note_opens_with_the_same_text_or_not_at_all(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(NOTE) - 1))
    damaged = NOTE[:at] + data.draw(st.binary(max_size=3)) + NOTE[at + data.draw(st.integers(0, 3)) :]
    if damaged != NOTE:
        with refused():
            open_note(damaged, [LOG])


@given(st.text(max_size=200) | st.binary(max_size=60).map(lambda data: f"a+{data[:4].hex()}+{b64encode(data[4:]).decode()}"))
def test_anything_else_is_no_key(text: str) -> None:
    with refused("_key_malformed"):
        parse_verifier_key(text)
