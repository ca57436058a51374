"""Where somebody may be sent back to."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.web.returning import local

HERE = "https://gate.example/signin"


@pytest.mark.parametrize(
    "path",
    ["/", "/account", "/account?tab=2&x=%2F", "/a/b#c", "/%ED%95%9C", "/.well-known/a", "/a..b/...", "/%2ea", "/a?b=/../c", "/a#/../c"],
)
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert local(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a//evil.example",
        "/a\\b",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nset-cookie: x",
        "/a b",
        "/\x00",
        "/\x7f",
        "/\u2028",
        "/한글",
        "?next=/",
        "@evil.example",
        ".evil.example",
        "/" + "a" * 1024,
        "/..",
        "/../x",
        "/./x",
        "/a/../../x",
        "/a/.",
        "/a/..?b",
        "/a/..#b",
        "/%2e%2e/x",
        "/.%2E/x",
        "/a/%2E",
        "/a/%2e./",
        "/a/%2e%2e%2fx",
        "/a/..%2Fx",
        "/a/..%5cx",
        "/a%2F..%2Fx",
    ],
)
def test_nobody_is_sent_anywhere_else(path: str) -> None:
    """Clause 65: no open redirect."""
    assert local(path, "/account") == "/account"


@given(st.one_of(st.text(max_size=40), st.text("/\\.:@?#%\t\n a", max_size=12), st.from_regex(r"/[ -~]{0,20}", fullmatch=True)))
def test_whatever_is_asked_for_a_browser_stays_with_us(path: str) -> None:
    assert urlsplit(urljoin(HERE, local(path).replace("\\", "/"))).netloc == "gate.example"
