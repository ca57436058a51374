"""Refresh tokens as text, and the judgement over them: pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.features.sessions.models import Family
from daemun.features.sessions.refresh import client_mark, is_genuine, jti_of, judge, parse_refresh, refresh_text

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FAMILY_ID = "01K0000000000000000000FAM1"
KEY_ID = "01K0000000000000000000MAC1"
KEY = b"k" * 32
GRACE = timedelta(seconds=10)
TEXT = refresh_text(FAMILY_ID, 7, KEY_ID, KEY)
FAMILY = Family(
    id=FAMILY_ID,
    user_id="01K0000000000000000000ANN1",
    number=7,
    mac_key_id=KEY_ID,
    signing_key_id="01K0000000000000000000SIG1",
    started_at=NOW - timedelta(days=1),
    rotated_at=NOW,
    used_at=NOW,
    idle_until=NOW + timedelta(days=1),
    expires_at=NOW + timedelta(days=29),
    remember=False,
    client_mark="mark",
    device_mark=None,
    agent="browser/1",
    address="203.0.113.9",
    authenticated_at=NOW - timedelta(days=1),
    assured_at=NOW - timedelta(days=1),
)
ulids = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=25, max_size=25).map(lambda rest: f"0{rest}")
numbers = st.integers(1, 9_999_999_999)


@given(ulids, numbers, ulids, st.binary(min_size=32, max_size=32))
def test_a_token_is_read_as_it_was_written(family: str, number: int, key_id: str, key: bytes) -> None:
    presented = parse_refresh(refresh_text(family, number, key_id, key))
    assert presented is not None
    assert (presented.family, presented.number, presented.key_id) == (family, number, key_id)
    assert is_genuine(presented, key)
    assert not is_genuine(presented, bytes([key[0] ^ 1]) + key[1:])


@given(st.integers(0, len(TEXT) * 8 - 1))
def test_a_single_flipped_bit_is_no_longer_genuine(bit: int) -> None:
    data = bytearray(TEXT.encode())
    data[bit // 8] ^= 1 << bit % 8
    presented = parse_refresh(data.decode("latin-1"))
    assert presented is None or not is_genuine(presented, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace(".7.", ".07."),
        TEXT.replace(".7.", ".0."),
        TEXT.replace(".7.", ".-7."),
        TEXT.replace(".7.", ".+7."),
        TEXT.replace(".7.", ".٧."),
        TEXT.replace(".7.", ".７."),
        TEXT.replace(".7.", ".7_0."),
        TEXT.replace(".7.", ".99999999999."),
        TEXT.replace("dr1", "DR1"),
        TEXT.replace(FAMILY_ID, FAMILY_ID.lower()),
        TEXT.replace(FAMILY_ID, "8" + FAMILY_ID[1:]),
        TEXT.replace(FAMILY_ID, FAMILY_ID.replace("F", "I")),
        TEXT.replace(KEY_ID, "../keys.json"),
        TEXT.replace(KEY_ID, ""),
        TEXT + "=",
        TEXT + "\n",
        " " + TEXT,
        TEXT[:-1],
        TEXT + "A",
        TEXT + ".",
        "\ud800" + TEXT,
        "dr1." * 100_000,
    ],
)
def test_only_the_one_way_of_writing_is_read(text: str) -> None:
    assert parse_refresh(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_or_not_and_nothing_else(text: str) -> None:
    presented = parse_refresh(text)
    assert presented is None or presented.text.reveal() == text


def test_no_repr_shows_the_token() -> None:
    assert TEXT[-20:] not in repr(parse_refresh(TEXT))


def test_what_is_made_for_one_purpose_is_not_good_for_another() -> None:
    """Domain separation: no answer of one kind can be asked for to forge another."""
    mac = TEXT.rpartition(".")[2]
    said = TEXT.rpartition(".")[0]
    made = {client_mark(said, KEY), client_mark(FAMILY_ID, KEY, "7"), client_mark("refresh token", KEY, said), jti_of(FAMILY, KEY)}
    assert not any(mac.startswith(each) for each in made)


def test_marks_do_not_run_into_each_other() -> None:
    assert client_mark(FAMILY_ID, KEY, "client", "ab", "c") != client_mark(FAMILY_ID, KEY, "client", "a", "bc")
    assert client_mark(FAMILY_ID, KEY, "client", "a", "b") != client_mark(FAMILY_ID, KEY, "device", "a", "b")
    assert client_mark(FAMILY_ID, KEY, "client", "a", "b") != client_mark("01K0000000000000000000FAM2", KEY, "client", "a", "b")


def test_each_pair_has_its_own_id() -> None:
    ids = {
        jti_of(FAMILY, KEY),
        jti_of(replace(FAMILY, number=8), KEY),
        jti_of(replace(FAMILY, used_at=NOW + timedelta(microseconds=1)), KEY),
        jti_of(replace(FAMILY, id="01K0000000000000000000FAM2"), KEY),
        jti_of(FAMILY, b"o" * 32),
    }
    assert len(ids) == 5
    assert jti_of(FAMILY, KEY) == jti_of(replace(FAMILY), KEY)


def said(number: int = 7, *, same: bool = True, after: timedelta = timedelta(0), key_id: str = KEY_ID, family: Family = FAMILY) -> str:
    presented = parse_refresh(refresh_text(FAMILY_ID, number, key_id, KEY))
    assert presented is not None
    return judge(family, presented, same_client=same, now=NOW + after, grace=GRACE)


def test_the_current_token_steps_on_from_anywhere() -> None:
    assert said() == said(same=False) == "next"


def test_the_last_used_token_is_answered_again_for_a_moment_and_only_to_the_same_client() -> None:
    assert said(6, after=GRACE) == said(6, after=-GRACE) == "again"
    assert said(6, after=GRACE + timedelta(microseconds=1)) == said(6, same=False) == "replayed"


def test_every_other_number_is_a_replay() -> None:
    assert {said(number) for number in (1, 2, 5, 8, 9, 9_999_999_999)} == {"replayed"}


def test_the_same_number_under_another_key_is_a_replay() -> None:
    assert said(key_id="01K0000000000000000000MAC2") == "replayed"


@given(numbers, st.booleans(), st.integers(-100, 100))
def test_an_ended_family_stays_ended(number: int, same: bool, seconds: int) -> None:
    ended = replace(FAMILY, ended_at=NOW, ended_why="logout")
    assert said(number, same=same, after=timedelta(seconds=seconds), family=ended) == "ended"


@given(numbers, st.booleans())
def test_an_expired_family_is_expired_for_every_token(number: int, same: bool) -> None:
    assert said(number, same=same, after=timedelta(days=29)) == "expired"
    assert said(number, same=same, after=timedelta(days=1)) == "idle"
