"""Secrets, identifiers, limits and languages."""

from __future__ import annotations

import pickle
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.core.canonical import email_key, handle_key
from daemun.core.ids import dated, ulid
from daemun.core.ratelimit import Limit, recent, wait
from daemun.core.secret import Secret
from daemun.web.catalogue import preferred

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("geheim")
    assert "geheim" not in f"{secret!r} {secret} {secret:>20} {[secret]}"
    with pytest.raises(TypeError):
        assert secret == Secret("geheim")
    with pytest.raises(TypeError):
        hash(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.matches(Secret("geheim"))
    assert not secret.matches(Secret("Geheim"))


@given(st.integers(0, 2**31), st.integers(0, 2**31))
def test_identifiers_sort_by_the_time_they_were_made(one: int, two: int) -> None:
    first, second = (datetime.fromtimestamp(each, UTC) for each in sorted((one, two)))
    low, high = ulid(first, bytes(10)), ulid(second, b"\xff" * 10)
    assert len(low) == 26
    assert low <= high


@given(st.lists(st.integers(0, 3600), max_size=30), st.integers(1, 10), st.integers(1, 1800))
def test_a_limit_never_lets_more_through_than_it_says(offsets: list[int], most: int, seconds: int) -> None:
    limit = Limit(most, timedelta(seconds=seconds))
    passed: list[datetime] = []
    for offset in sorted(offsets):
        now = NOON + timedelta(seconds=offset)
        if wait(passed, limit, now) is None:
            passed.append(now)
    for each in passed:
        assert len([other for other in passed if each - limit.window < other <= each]) <= most


@given(st.lists(st.integers(0, 600), min_size=1, max_size=20), st.integers(1, 5))
def test_after_the_wait_it_told_one_more_fits(offsets: list[int], most: int) -> None:
    limit = Limit(most, timedelta(seconds=300))
    times, now = [NOON + timedelta(seconds=each) for each in offsets], NOON + timedelta(seconds=600)
    told = wait(times, limit, now)
    if told is not None:
        assert wait(times, limit, now + timedelta(seconds=told)) is None
        assert told >= 1
    assert recent(times, limit, now) == sorted(each for each in times if each > now - limit.window)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("ko,en;q=0.8", "ko"),
        ("fr", "ko"),
        ("en;q=0.5,ko;q=0.4", "en"),
        ("en;q=x", "ko"),
        ("*", "ko"),
    ],
)
def test_korean_unless_english_is_asked_for_more(header: str, language: str) -> None:
    assert preferred(header) == language


def test_case_tells_nobody_apart() -> None:
    assert handle_key(" Ann_2026") == handle_key("ANN_2026")
    assert email_key("Ann@EXAMPLE.com") == email_key("ann@example.COM ")


@given(text=st.text(st.characters(max_codepoint=127), max_size=20))
def test_the_quick_way_for_plain_letters_comes_to_the_same(text: str) -> None:
    assert handle_key(text) == unicodedata.normalize("NFKC", text).casefold().strip()
    assert email_key(f"{text}@Example.COM") == f"{text}@Example.COM".casefold().strip()


@given(at=st.integers(86_400, 4_000_000_000), chance=st.binary(min_size=10, max_size=10))
def test_who_joined_elsewhere_long_ago_is_sorted_by_that_and_keeps_their_own_chance(at: int, chance: bytes) -> None:
    moment = datetime.fromtimestamp(at, UTC)
    assert dated(ulid(NOON, chance), moment) == ulid(moment, chance)
