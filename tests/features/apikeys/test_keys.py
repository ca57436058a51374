"""API keys as text: their form, their checksum, and what is kept of them."""

from __future__ import annotations

import re
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.core.secret import Secret
from daemun.features.apikeys.keys import ALPHABET, PREFIX, RANDOM_BYTES, hint_of, is_key, key_text, stored

SOME = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


@given(SOME)
def test_every_key_is_one_word_that_a_scanner_of_source_code_finds(random: bytes) -> None:
    text = key_text(random).reveal()
    assert re.fullmatch(r"\bdaemun_[0-9A-Za-z]{45}\b", text)
    assert is_key(text)


@given(SOME, SOME)
def test_two_keys_are_the_same_only_when_chance_was(one: bytes, other: bytes) -> None:
    """Clause 39: ASVS 7.2.3: 232 random bits, none of which gets lost in writing."""
    assert (key_text(one).reveal() == key_text(other).reveal()) == (one == other)


@given(SOME, st.integers(len(PREFIX), len(PREFIX) + 44), st.sampled_from(ALPHABET))
def test_a_letter_that_was_mistyped_is_noticed_without_asking_anybody(random: bytes, at: int, letter: str) -> None:
    text = key_text(random).reveal()
    mistyped = text[:at] + letter + text[at + 1 :]
    assert is_key(mistyped) == (mistyped == text)


@pytest.mark.parametrize("text", ["", PREFIX, f"{PREFIX}{'0' * 45}x", "ghp_" + "a" * 45, PREFIX.upper() + "0" * 45, f"{PREFIX}{'٠' * 45}"])
def test_what_is_not_written_as_ours_is_none(text: str) -> None:
    assert not is_key(text)


def test_the_checksum_is_the_one_that_the_page_names() -> None:
    """Somebody else's scanner computes it from the page alone."""
    text = key_text(bytes(range(RANDOM_BYTES))).reveal()
    number = 0
    for each in text[-6:]:
        number = number * 62 + ALPHABET.index(each)
    assert number == crc32(text[:-6].encode())
    assert hint_of(Secret(text)) == text[-4:]


def test_what_is_kept_depends_on_a_key_that_is_not_in_the_database() -> None:
    text = key_text(bytes(RANDOM_BYTES))
    assert stored(text, b"one") != stored(text, b"other")
    assert text.reveal() not in stored(text, b"one")
