"""What the gate does to every request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from tests.features.audit.logged import dated_lines, revealed
from tests.house import House, Member, a_house, a_member, built


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(f"sqlite:///{tmp_path}/daemun.db", tmp_path, web__body_limit="2000", trusted_proxies="10.0.0.0/8") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/me", "/nowhere", "/openapi.json"])
async def test_every_answer_carries_the_security_headers(house: House, path: str) -> None:
    answer = await house.client().get(path)
    headers = answer.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-request-id"].startswith("req_")
    assert "server" not in headers


@pytest.mark.parametrize(
    ("path", "method", "status", "code"), [("/nowhere", "GET", 404, "missing"), ("/me", "DELETE", 405, "method_not_allowed")]
)
async def test_the_frameworks_own_errors_are_problems_too(house: House, path: str, method: str, status: int, code: str) -> None:
    answer = await house.client().http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b'"x"', b"null", b"", b"1e999", b"[" * 5000])
async def test_a_body_that_is_no_form_is_told_so(house: House, body: bytes) -> None:
    answer = await house.client().http.post("/auth/login", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 413, 422)
    assert answer.json()["code"] in ("bad_request", "malformed", "too_large")


async def test_a_body_beyond_the_limit_is_refused_by_its_announced_and_by_its_real_length(house: House) -> None:
    client = house.client()
    announced = await client.http.post("/auth/login", content=b"x" * 3000, headers={"content-type": "application/json"})
    assert (announced.status_code, announced.json()["code"]) == (413, "too_large")
    for crooked in ("²".encode("latin-1"), b"9" * 5000, b"-1", b""):
        answer = await house.client().http.get("/healthz", headers={b"content-length": crooked})
        assert answer.status_code in (200, 413)

    async def trickle() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100

    streamed = await client.http.post("/auth/login", content=trickle(), headers={"content-type": "application/json"})
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too_large")


async def test_an_error_nobody_expected_tells_nothing_but_its_number(house: House, caplog: pytest.LogCaptureFixture) -> None:
    @house.app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret of the house")

    answer = await house.client().get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert answer.json()["request_id"] in caplog.text


async def test_only_a_trusted_proxy_says_for_whom_it_asks(house: House) -> None:
    """13: the client's address comes from the socket unless the peer is a configured proxy."""
    forged = {"x-forwarded-for": "192.0.2.55"}
    ghost = Member(handle="nobody_here")
    await house.client("198.51.100.20", **forged).log_in(ghost)
    await house.client("10.1.2.3", **{"x-forwarded-for": "6.6.6.6, 192.0.2.55, 10.9.9.9"}).log_in(ghost)
    await house.client("10.1.2.3").log_in(ghost)
    told = [each.parts["tenant"] or {} for each in await revealed(house) if each.entry.get("a") == "auth.login"]
    assert [each["address"] for each in told] == ["198.51.100.20", "192.0.2.55", "10.1.2.3"]


async def test_a_request_id_is_taken_from_a_trusted_proxy_only_and_only_when_it_is_one(house: House) -> None:
    given = {"x-request-id": "trace-0123456789"}
    assert (await house.client("10.0.0.1", **given).get("/healthz")).headers["x-request-id"] == "trace-0123456789"
    assert (await house.client("198.51.100.20", **given).get("/healthz")).headers["x-request-id"] != "trace-0123456789"
    assert (await house.client("10.0.0.1", **{"x-request-id": "a\tb <script>"}).get("/healthz")).headers["x-request-id"].startswith("req_")


async def test_an_unreachable_database_is_503_and_not_500(house: House) -> None:
    """Clause 63."""
    client = house.client()
    await a_member(client)
    await built(house.app).database.stop()
    answer = await client.log_in(Member())
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
    await built(house.app).database.start(built(house.app).bus.dispatch)


async def test_plain_http_is_sent_to_https_but_never_with_a_body(tmp_path: Path) -> None:
    """Clause 68."""
    async with a_house(
        f"sqlite:///{tmp_path}/daemun.db", tmp_path, https_redirect="true", trusted_proxies="10.0.0.1", public_url="https://gate.example"
    ) as house:
        client = house.client("10.0.0.1")
        answer = await client.get("/me?x=1")
        assert (answer.status_code, answer.headers["location"]) == (308, "https://gate.example/me?x=1")
        posted = await client.log_in(Member())
        assert (posted.status_code, posted.json()["code"]) == (403, "https_required")
        assert (await client.get("/healthz")).status_code == 200
        behind = await client.get("/me", headers={"x-forwarded-proto": "https"})
        assert behind.status_code == 401
        assert behind.headers["strict-transport-security"].startswith("max-age=")
        assert (await house.client("198.51.100.20", **{"x-forwarded-proto": "https"}).get("/me")).status_code == 308


async def test_other_origins_may_call_only_when_listed(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path}/daemun.db", tmp_path, cors_origins="http://localhost:8501") as house:
        client = house.client().http

        async def preflight(origin: str) -> httpx2.Response:
            return await client.options("/auth/login", headers={"origin": origin, "access-control-request-method": "POST"})

        assert (await preflight("http://localhost:8501")).headers["access-control-allow-origin"] == "http://localhost:8501"
        assert "access-control-allow-origin" not in (await preflight("http://evil.example")).headers


async def test_the_dated_log_says_what_happened_and_nothing_personal(house: House) -> None:
    """Clause 62."""
    client = house.client("203.0.113.77", agent="Browser/99 secret-agent")
    await a_member(client)
    await client.log_in(Member(), password="Wrong-Pass-11!")
    tokens = (await client.log_in(Member())).json()
    await client.log_out(tokens["refresh_token"])
    text = "\n".join(await dated_lines(house))
    for event in (
        '"event":"account.signup","outcome":"success"',
        '"event":"auth.login","outcome":"failure"',
        '"event":"auth.login","outcome":"success"',
        '"event":"auth.logout"',
    ):
        assert event in text
    for personal in (
        "ann_2026",
        "ann@example.com",
        "안은주",
        "secret-agent",
        "203.0.113.77",
        "Maru",
        "Wrong-Pass",
        tokens["refresh_token"],
    ):
        assert personal not in text
