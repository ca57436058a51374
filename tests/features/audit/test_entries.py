"""Entries in the form of RFC 8785, and what binds them to their parts."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import refused, vectors

from daemun.features.audit.entries import EventEntry, Refused, commitment, made_entry, made_event, parse_entry
from daemun.features.audit.merkle import leaf_hash

EXAMPLE = vectors("entry_example.json")
ENTRY = EXAMPLE["entry_utf8"].encode()

names = st.text(st.characters(max_codepoint=127), max_size=8)
plain = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=10)


def test_the_published_entry_has_its_hash_and_its_commitment() -> None:
    assert made_entry(json.loads(ENTRY)) == ENTRY
    assert parse_entry(ENTRY)["k"] == "event"
    assert leaf_hash(ENTRY).hex() == EXAMPLE["leaf_hash_hex"]
    sealed = bytes.fromhex(EXAMPLE["nonce_and_ciphertext_hex"])
    assert commitment(EXAMPLE["part"], bytes.fromhex(EXAMPLE["salt_hex"]), sealed).hex() == EXAMPLE["commitment_hex"]


@given(st.dictionaries(names, values, max_size=5))
def test_entries_are_written_as_rfc_8785_says(entry: dict[str, Any]) -> None:
    try:
        written = made_entry(entry)
    except Refused:  # deeper than we go
        return
    assert written == rfc8785.dumps(entry)
    assert parse_entry(written) == entry


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
parts = st.lists(st.tuples(texts, texts, st.binary(max_size=40)), max_size=3)


@given(texts, parts, st.integers(0, 2**53 - 1), st.none() | texts)
def test_events_are_written_as_rfc_8785_says(text: str, bound: list[tuple[str, str, bytes]], number: int, target: str | None) -> None:
    facts: dict[str, Any] = {
        "a": text,
        "as": text[1:],
        "c": text,
        "i": text,
        "k": "event",
        "o": "success",
        "p": [text, number],
        "r": text,
        "t": number,
    }
    event = EventEntry(
        a=text, as_=text[1:], b=bound, c=text, i=text, k="event", o="success", p=(text, number), r=text, t=number, tg=target, tn="t1", v=1
    )
    told: dict[str, Any] = facts | ({"b": [[part, key, b64encode(each).decode()] for part, key, each in bound]} if bound else {})
    told |= {"tg": target} if target is not None else {}
    assert made_event(event) == rfc8785.dumps(told | {"tn": "t1", "v": 1})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 60_000 + b"}",
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":"\xc0\x80"}',
        b"\xef\xbb\xbf{}",
        '{"é":1}'.encode(),
        b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"a":"' + b"x" * 65_530 + b'"}',
    ],
    ids=lambda data: data[:12].decode("latin-1"),
)
def test_an_entry_written_in_another_way_is_refused(data: bytes) -> None:
    with refused("_entry_malformed"):
        parse_entry(data)


@pytest.mark.parametrize(
    "entry", [{"a": 0.5}, {"é": 1}, {1: 1}, {"a": 2**53}, {"a": b""}, {"a": "\ud800"}, ["a"], None, {"a": "x" * 65_536}]
)
def test_what_has_no_one_form_is_not_written(entry: object) -> None:
    with refused("_entry_malformed"):
        made_entry(entry)


@given(st.binary(max_size=200))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    if data != b"{}":
        with refused("_entry_malformed"):
            parse_entry(data)


@pytest.mark.parametrize(("part", "salt"), [("", bytes(16)), ("é", bytes(16)), ("a" * 256, bytes(16)), ("actor", bytes(15))])
def test_a_part_is_bound_by_a_plain_name_and_a_whole_salt(part: str, salt: bytes) -> None:
    with refused("_entry_malformed"):
        commitment(part, salt, b"")
