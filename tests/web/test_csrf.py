"""Anti-CSRF values, and where a request says it was made."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from daemun.adapters.system import SystemEntropy
from daemun.web.cookies import Browser
from daemun.web.csrf import Csrf, origin_of

HERE = Csrf(b"k" * 32, SystemEntropy(), "https://gate.example")
ANN = Browser(session="s-ann", flow="f-ann")
VALUES = st.text("abcdefghij0123456789.-_", min_size=1, max_size=60)


@given(VALUES, VALUES)
def test_a_value_proves_for_the_browser_it_was_made_for_and_for_no_other(session: str, other: str) -> None:
    token = HERE.token(Browser(session=session))
    assert HERE.check(Browser(session=session), token)
    assert HERE.check(Browser(session=other), token) == (session == other)
    assert not HERE.check(Browser(flow=session), token)
    assert not Csrf(b"j" * 32, SystemEntropy()).check(Browser(session=session), token)


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_value_that_was_changed_anywhere_proves_nothing(place: int, change: int) -> None:
    raw = bytearray(urlsafe_b64decode(HERE.token(ANN) + "=="))
    raw[place] ^= change
    assert not HERE.check(ANN, urlsafe_b64encode(raw).decode().rstrip("="))


@given(st.text(max_size=120))
def test_no_text_is_too_odd_to_be_refused(given_: str) -> None:
    assert not HERE.check(ANN, given_)


def test_it_is_another_one_in_every_answer_so_that_compression_tells_nothing_of_it() -> None:
    assert len({HERE.token(ANN) for _ in range(20)}) == 20


def test_before_signing_in_it_is_bound_to_the_flow_and_after_it_to_the_session() -> None:
    stranger = Browser(flow="f-ann")
    assert HERE.check(stranger, HERE.token(stranger))
    assert not HERE.check(ANN, HERE.token(stranger))
    assert HERE.check(Browser(session="s-ann", flow="other"), HERE.token(ANN))


def test_a_browser_without_a_cookie_proves_nothing() -> None:
    assert not HERE.check(Browser(), HERE.token(Browser()))


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "https://gate.example"}, True),
        ({"origin": "https://gate.example", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, False),
        ({"origin": ""}, False),
        ({"origin": "http://gate.example"}, False),
        ({"origin": "https://gate.example.evil.example"}, False),
        ({"origin": "https://gate.example:8443"}, False),
        ({"origin": "https://sub.gate.example"}, False),
        ({"origin": "https://evil.example", "host": "evil.example"}, False),
    ],
)
def test_where_a_request_was_made(headers: dict[str, str], ours: bool) -> None:
    assert HERE.from_us(Headers({"host": "gate.example"} | headers), "https") is ours


def test_of_two_origins_both_must_be_ours() -> None:
    told = Headers(raw=[(b"origin", b"https://gate.example"), (b"origin", b"https://evil.example")])
    assert not HERE.from_us(told, "https")


def test_without_a_configured_address_the_request_names_its_own() -> None:
    anywhere = Csrf(b"k" * 32, SystemEntropy())
    assert anywhere.from_us(Headers({"host": "localhost:8000", "origin": "http://localhost:8000"}), "http")
    assert not anywhere.from_us(Headers({"host": "localhost:8000", "origin": "http://localhost:9000"}), "http")
    assert not anywhere.from_us(Headers({"origin": "http://localhost:8000"}), "http")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Gate.Example/path?x", "https://gate.example"),
        ("https://gate.example:443", "https://gate.example"),
        ("http://gate.example:80/", "http://gate.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://대문.한국", "https://xn--vk1bx9m.xn--3e0b707e"),
        ("ftp://gate.example", None),
        ("https://", None),
        ("http://host:x", None),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin
