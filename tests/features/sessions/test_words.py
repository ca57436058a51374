"""What is said of agents, and how sure a session is: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.features.sessions.agents import described
from daemun.features.sessions.assurance import BOUNDS, Assured, assurance, proven_again
from daemun.features.sessions.cookies import cookie_text, is_genuine, parse_cookie, stored_for

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {APPLE}"
GALAXY = "Mozilla/5.0 (Linux; Android 15; SM-S928N"
AGENTS = {
    f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36": "Chrome · Windows",
    f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0": "Edge · Windows",
    f"{WINDOWS} Chrome/140.0.0.0 Whale/4.34.340.19 Safari/537.36": "Whale · Windows",
    f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36 OPR/125.0": "Opera · Windows",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/26.1 Safari/605.1.15": "Safari · macOS",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox · Linux",
    f"{IPHONE} Version/26.1 Mobile/15E148 Safari/604.1": "Safari · iPhone",
    f"{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1": "Chrome · iPhone",
    f"{GALAXY}) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet · Android",
    f"{GALAXY}; wv) {WEBKIT} Version/4.0 Chrome/142.0 Mobile Safari/537.36;KAKAOTALK 2510": "KakaoTalk · Android",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/142.0.0.0 Safari/537.36": "Chrome · ChromeOS",
    "curl/8.14.1": "curl",
    "python-httpx/0.28.1": "python-httpx",
    "Mozilla/5.0": "",
    "": "",
    "<script>alert(1)</script>": "",
}


@pytest.mark.parametrize(("agent", "words"), AGENTS.items())
def test_an_agent_is_told_in_words_people_know(agent: str, words: str) -> None:
    assert described(agent) == words


@given(st.text(max_size=600))
def test_whatever_an_agent_says_its_words_are_short_and_plain(agent: str) -> None:
    words = described(agent)
    assert len(words) <= 60
    assert not set(words) & set("<>&\"'\n\r\0")


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("aal", "assured", "used", "left"),
    [
        (1, timedelta(days=30), timedelta(days=14), 1),
        (2, 24 * HOUR - MINUTE, MINUTE, 2),
        (2, 24 * HOUR, MINUTE, 1),
        (2, HOUR, HOUR - MINUTE, 2),
        (2, HOUR, HOUR, 1),
        (3, 12 * HOUR - MINUTE, MINUTE, 3),
        (3, 12 * HOUR, MINUTE, 2),
        (3, HOUR, 15 * MINUTE, 2),
        (3, 24 * HOUR, MINUTE, 1),
        (3, 2 * HOUR, HOUR, 1),
    ],
)
def test_a_level_lasts_as_long_as_its_bounds(aal: int, assured: timedelta, used: timedelta, left: int) -> None:
    """Clauses 12 and 13: NIST SP 800-63B-4 2.2.3 and 2.3.3."""
    assert assurance(aal, NOW - assured, NOW - used, NOW) == left


levels, ages = st.integers(1, 3), st.timedeltas(timedelta(0), timedelta(days=2))


@given(levels, ages, ages, levels)
def test_no_event_makes_more_of_a_session_than_it_is_worth_itself(aal: int, assured: timedelta, used: timedelta, event: int) -> None:
    """Clause 14: NIST SP 800-63B-4 5.1."""
    before = Assured(aal, "before", NOW - assured)
    after = proven_again(before, NOW - used, Assured(event, "event", NOW))
    held = assurance(aal, before.at, NOW - used, NOW)
    assert after.aal == max(held, event)
    assert after.at == (NOW if event >= held else before.at)
    assert after.amr == ("event" if event >= held else "before")


def test_every_level_above_the_first_has_bounds() -> None:
    assert set(BOUNDS) == {2, 3}


tokens = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=43, max_size=43)
keys = st.binary(min_size=32, max_size=32)


@given(tokens, keys)
def test_a_cookie_is_read_as_it_was_written_and_only_for_its_purpose(token: str, key: bytes) -> None:
    presented = parse_cookie(cookie_text("browser session", token, "01K0000000000000000000MAC1", key))
    assert presented is not None
    assert presented.token.reveal() == token
    assert is_genuine(presented, "browser session", key)
    assert not is_genuine(presented, "known device", key)
    assert not is_genuine(presented, "browser session", bytes([key[0] ^ 1]) + key[1:])


@given(tokens, keys, st.data())
def test_a_single_flipped_bit_makes_a_cookie_worthless(token: str, key: bytes, data: st.DataObject) -> None:
    text = bytearray(cookie_text("browser session", token, "K1", key).encode())
    bit = data.draw(st.integers(0, len(text) * 8 - 1))
    text[bit // 8] ^= 1 << bit % 8
    presented = parse_cookie(text.decode("latin-1"))
    assert presented is None or not is_genuine(presented, "browser session", key)


def test_one_device_of_two_people_is_kept_under_two_names() -> None:
    assert stored_for("ann", "device") != stored_for("bob", "device")
    assert stored_for("ann", "device") == stored_for("ann", "device")
