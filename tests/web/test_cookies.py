"""Cookies: what is set on whom, and what of it is believed when it comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.responses import Response

from daemun.web.cookies import Browser, Jar, Which, asked_language

SECURE, PLAIN = Jar(plain=False), Jar(plain=True)


def came(*lines: str, jar: Jar = SECURE) -> Browser:
    return jar.read(Headers(raw=[(b"cookie", line.encode("latin-1")) for line in lines]))


def written(jar: Jar, which: Which, max_age: timedelta | None = None) -> str:
    response = Response()
    jar.set(response, which, "v1.abc", max_age)
    return response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("session", "__Host-daemun=v1.abc; Path=/; SameSite=Strict; HttpOnly; Secure"),
        ("device", "__Host-daemun-device=v1.abc; Path=/; SameSite=Strict; HttpOnly; Secure"),
        ("flow", "__Host-daemun-flow=v1.abc; Path=/; SameSite=Lax; HttpOnly; Secure"),
    ],
)
def test_a_cookie_belongs_to_this_host_and_no_script_reads_it(which: Which, expected: str) -> None:
    """Clause 17: Secure, HttpOnly, SameSite, the __Host- prefix, Path=/."""
    assert written(SECURE, which) == expected


def test_on_plain_localhost_it_goes_without_secure_and_without_the_prefix_that_needs_it() -> None:
    assert written(PLAIN, "session") == "daemun=v1.abc; Path=/; SameSite=Strict; HttpOnly"


def test_it_lives_as_long_as_it_is_told_and_ends_when_it_is_cleared() -> None:
    assert written(SECURE, "device", timedelta(days=400)).endswith("; Max-Age=34560000")
    response = Response()
    SECURE.clear(response, "session")
    assert response.headers["set-cookie"] == "__Host-daemun=; Path=/; SameSite=Strict; HttpOnly; Secure; Max-Age=0"


@pytest.mark.parametrize("value", ["", "a b", "a;Domain=evil", "a\r\nset-cookie: x=y", "한글", "x" * 1025])
def test_a_value_that_would_be_more_than_a_value_is_not_written(value: str) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        SECURE.set(Response(), "session", value)


@given(st.from_regex(r"[A-Za-z0-9._~-]{1,200}", fullmatch=True))
def test_what_was_set_comes_back(value: str) -> None:
    response = Response()
    SECURE.set(response, "session", value)
    assert came(response.headers["set-cookie"].partition(";")[0]).session == value


def test_all_of_them_are_read_from_one_line_or_from_several() -> None:
    line = "a=b; __Host-daemun=s1; __Host-daemun-device=d1; __Host-daemun-flow=f1; daemun-lang=en"
    for browser in (came(line), came(*line.split("; "))):
        assert (browser.session, browser.device, browser.flow, browser.language) == ("s1", "d1", "f1", "en")
        assert not browser.proven


@pytest.mark.parametrize(
    "lines",
    [
        ["__Host-daemun=mine; __Host-daemun=tossed"],
        ["__Host-daemun=mine", "__Host-daemun=tossed"],
        ["__Host-daemun=mine; __Host-daemun=mine"],
        ["__Host-daemun=mine; __Host-daemun="],
    ],
)
def test_of_two_cookies_of_one_name_neither_is_believed(lines: list[str]) -> None:
    assert came(*lines).session == ""


@pytest.mark.parametrize(
    "line",
    [
        "daemun=s1",
        "__host-daemun=s1",
        "\xa0__Host-daemun=s1",
        "\x0b__Host-daemun=s1",
        '$Version=1; __Host-daemun="s1"',
        "__Host-daemun=s 1",
        "__Host-daemun=" + "x" * 1025,
        "=__Host-daemun=s1",
    ],
)
def test_what_only_looks_like_our_cookie_is_none(line: str) -> None:
    """A server that trims or unquotes more than the browser does, believes what the browser would not have guarded."""
    assert came(line).session == ""


def test_a_value_is_not_in_a_log_line() -> None:
    assert "s1" not in repr(came("__Host-daemun=s1"))


@given(st.binary(max_size=300))
def test_no_header_is_too_odd_to_be_read(raw: bytes) -> None:
    Jar(plain=True).read(Headers(raw=[(b"cookie", raw)]))


@pytest.mark.parametrize(
    ("query", "language"),
    [("lang=en", "en"), ("t=1&lang=ko", "ko"), ("lang=fr", None), ("xlang=en", None), ("lang=english", None), ("", None)],
)
def test_only_our_languages_can_be_asked_for(query: str, language: str | None) -> None:
    assert asked_language(query) == language
