"""What is sealed is short, and comes back as it was for as long as anybody holds its key."""

from __future__ import annotations

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from daemun.features.audit.sealing import PartAltered, SubjectKey, opened, sealed
from daemun.features.audit.shortening import WORDS, lengthened, shortened

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
SAID = {"address": "203.0.113.9", "agent": AGENT, "method": "POST", "path": "/auth/login"}
KEY = SubjectKey("name", "ann", AESGCM(bytes(32)))
CHANCE = bytes(28)


@given(st.binary(max_size=3000).map(lambda data: b"{" + data))
def test_it_comes_back_as_it_was_and_is_never_longer(data: bytes) -> None:
    assert lengthened(shortened(data)) == data
    assert len(shortened(data)) <= len(data)


def test_the_words_are_those_that_everything_kept_was_shortened_with() -> None:
    """Other words need another mark: with these changed, nothing sealed before could be read."""
    assert sha256(WORDS).hexdigest() == "e97e10812cbf8199cea4824b3baf8c3933064fbb06e0b0c0150b3d9c7bcafc64"
    assert lengthened(bytes.fromhex("01c3e1fc92a25298eb7332f3b2816e0700")) == b'{"details":{"remember":true,"by":"link"}}'


def test_what_a_browser_sends_takes_a_third() -> None:
    part = sealed("01KA", "actor", SAID, KEY, CHANCE)
    assert len(part) - 28 - 16 < 190 / 3
    assert opened("01KA", "actor", part, KEY) == SAID


def test_what_was_sealed_before_there_was_any_shortening_is_read() -> None:
    plain = KEY.aead.encrypt(CHANCE[16:], b'{"handle":"ann"}', b"default|01KA|actor")
    assert opened("01KA", "actor", CHANCE + plain, KEY) == {"handle": "ann"}


@pytest.mark.parametrize(
    "data", [b"\x01", b"\x01\xff\xff", shortened(b'{"details":{"remember":false}}')[:-1], shortened(b'{"a":"aaaaaaaaaaaaaaaa"}') + b"."]
)
def test_what_is_no_part_is_told_so(data: bytes) -> None:
    with pytest.raises(PartAltered):
        opened("01KA", "actor", CHANCE + KEY.aead.encrypt(CHANCE[16:], data, b"default|01KA|actor"), KEY)
