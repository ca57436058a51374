"""Entries are kept short and come back byte for byte; what is not in that form, or was tampered with, comes back as it is."""

from __future__ import annotations

from base64 import b64encode
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.adapters.ledger.brief import CLASSES, OUTCOMES, PARTS, brief, whole
from daemun.core.event import Outcome, Retention
from daemun.core.ids import ALPHABET
from daemun.features.audit.entries import EventEntry, made_event

NAME = st.binary(min_size=9, max_size=9).map(lambda drawn: b64encode(drawn, b"-_").decode())
PART = st.tuples(st.sampled_from(["actor", "target", "tenant"]), NAME.map("k_{}".format), st.binary(min_size=32, max_size=32))
HEX = st.binary(min_size=12, max_size=12).map(bytes.hex)
SOMEBODY = NAME.map("s_{}".format)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
EVENT = st.builds(
    EventEntry,
    a=st.sampled_from(["auth.login", "account.signup"]) | TEXT,
    as_=SOMEBODY | st.just("system") | TEXT,
    b=st.lists(PART, max_size=3) | st.lists(st.tuples(TEXT, TEXT, st.binary(max_size=40)), max_size=4),
    c=HEX.map("req_{}".format) | TEXT,
    i=st.text(ALPHABET, min_size=25, max_size=25).map("0{}".format) | st.text(ALPHABET, min_size=26, max_size=26) | TEXT,
    k=st.sampled_from(["event", "gap"]),
    o=st.sampled_from(get_args(Outcome)) | TEXT,
    p=st.tuples(HEX.map(lambda text: text[:12]) | TEXT, st.integers(0, 10**10)),
    r=st.sampled_from(get_args(Retention)) | TEXT,
    t=st.integers(0, 2**53 - 1),
    tg=st.none() | SOMEBODY | TEXT,
    tn=st.sampled_from(["default", "other"]),
    v=st.sampled_from([1, 2]),
)
NAMES = [f"k_{letter * 12}" for letter in "ab"]
LOGIN = made_event(
    EventEntry(
        a="auth.login",
        as_="s_" + "a" * 12,
        b=[("actor", NAMES[0], bytes(range(32))), ("tenant", NAMES[1], bytes(32))],
        c="req_0123456789abcdef01234567",
        i="01M7ZK49GX4G33G554PVJ501XH",
        k="event",
        o="success",
        p=("fd3eefc466d6", 4999),
        r="login",
        t=1795282839069416,
        tn="default",
        v=1,
    )
)


@given(EVENT)
def test_every_event_comes_back_byte_for_byte(event: EventEntry) -> None:
    data = made_event(event)
    assert whole(brief(data)) == data
    assert len(brief(data)) <= len(data)


def test_a_login_takes_two_fifths() -> None:
    assert len(brief(LOGIN)) == 148
    assert len(LOGIN) == 369
    assert whole(brief(LOGIN)) == LOGIN


def test_what_was_kept_so_once_is_read_for_ever() -> None:
    """The lists may only grow at their end: their numbers are in the rows."""
    kept = bytes.fromhex(
        "01000002fd3eefc466d600001387000660ccdbe4e2e801a1ff32261d24063814a4b6e45007b10a617574682e6c6f67696e00fe0123456789abcdef01"
        "234567fd0069a69a69a69a69a69a000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f026db6db6db6db6db6db00000000"
        "00000000000000000000000000000000000000000000000000000000"
    )
    assert whole(kept) == LOGIN
    assert (OUTCOMES[:3], CLASSES[:5], PARTS[:3]) == (
        (b"success", b"failure", b"denied"),
        (b"login", b"security", b"admin", b"account", b"data"),
        (b"actor", b"target", b"tenant"),
    )
    assert {each.decode() for each in OUTCOMES} == set(get_args(Outcome))
    assert {each.decode() for each in CLASSES} == set(get_args(Retention))


@pytest.mark.parametrize("data", [b"", b"{}", b'{"k":"gap"}', b"\x01", b"\x01\x00", LOGIN[:-1], b" " + LOGIN, LOGIN + b"\n"])
def test_anything_else_is_kept_as_it_is(data: bytes) -> None:
    assert whole(data) == data
    assert brief(data) == data


def test_what_was_tampered_with_is_another_entry_and_never_an_error() -> None:
    chance, kept = Random(5), brief(LOGIN)
    for place in range(8 * len(kept)):
        changed = bytearray(kept)
        changed[place // 8] ^= 1 << place % 8
        assert whole(bytes(changed)) != LOGIN
    for _ in range(300):
        whole(kept[: chance.randrange(len(kept))] + chance.randbytes(chance.randrange(40)))
