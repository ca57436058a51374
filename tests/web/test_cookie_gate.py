"""Whom the gate knows by a cookie, and what such a request may change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.websockets import WebSocket
from tests.house import House, built
from tests.web.gallery_house import a_gallery

from daemun.plugin import signed_in
from daemun.web.cookies import Browser

OURS = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_gallery(tmp_path) as opened:
        yield opened


def by_cookie(house: House, value: str = "ann-1-9") -> httpx2.AsyncClient:
    return house.client(cookie=f"daemun={value}").http


def proof(house: House, value: str = "ann-1-9") -> dict[str, str]:
    return {"x-csrf-token": built(house.app).pages.csrf.token(Browser(session=value))}


async def code_of(answer: httpx2.Response) -> str:
    return "" if answer.status_code == 200 else str(answer.json()["code"])


async def test_a_session_cookie_is_enough_to_read(house: House) -> None:
    assert (await by_cookie(house).get("/api/gallery")).json() == {"by": "user:ann"}


async def test_to_change_something_by_cookie_takes_the_header_that_only_our_pages_can_send(house: House) -> None:
    """Clause 16: what changes something carries a verified anti-CSRF value."""
    answer = await by_cookie(house).post("/api/gallery", headers=OURS)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_due")
    assert (await by_cookie(house).post("/api/gallery", headers=OURS | proof(house))).json() == {"by": "user:ann"}


async def test_the_right_value_from_the_wrong_place_changes_nothing(house: House) -> None:
    for told in (
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://testserver:8501"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ):
        answer = await by_cookie(house).post("/api/gallery", headers=proof(house) | told)
        assert await code_of(answer) == "csrf_due", told


async def test_somebody_elses_value_changes_nothing(house: House) -> None:
    assert await code_of(await by_cookie(house).post("/api/gallery", headers=OURS | proof(house, "bob-1-9"))) == "csrf_due"


async def test_every_method_that_changes_asks_for_it(house: House) -> None:
    @house.app.api_route("/changing", methods=["PUT", "PATCH", "DELETE"], dependencies=[signed_in()])
    async def changing() -> None:
        return None

    for method in ("PUT", "PATCH", "DELETE"):
        assert (await by_cookie(house).request(method, "/changing", headers=OURS)).status_code == 403
        assert (await by_cookie(house).request(method, "/changing", headers=OURS | proof(house))).status_code == 200


async def test_a_bearer_never_needs_it_because_no_browser_sends_it_unasked(house: House) -> None:
    client = house.client()
    assert (await client.post("/api/gallery", token="ann-1-9")).json() == {"by": "user:ann"}
    evil = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert (await client.post("/api/gallery", token="ann-1-9", headers=evil)).status_code == 200


async def test_who_sends_an_authorization_header_is_not_known_by_their_cookie(house: House) -> None:
    for header in ("Basic eDp5", "Bearer forged"):
        answer = await by_cookie(house).get("/api/gallery", headers={"authorization": header})
        assert answer.status_code == 401


async def test_a_cookie_that_is_not_accepted_is_told_why(house: House) -> None:
    for value, status in (("forged", 401), ("ended", 401), ("asleep", 403)):
        assert (await by_cookie(house, value).get("/api/gallery")).status_code == status


async def test_a_tossed_cookie_makes_nobody_known(house: House) -> None:
    answer = await house.client(cookie="daemun=ann-1-9; daemun=bob-1-9").get("/api/gallery")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_what_asks_for_a_recent_sign_in_is_not_done_after_an_old_one(house: House) -> None:
    for value, code in [("ann-1-4", ""), ("ann-1-5", ""), ("ann-1-6", "reauthentication_due"), ("bob-1-1", "denied")]:
        answer = await by_cookie(house, value).post("/api/gallery/hang", headers=OURS | proof(house, value))
        assert await code_of(answer) == code


async def test_the_challenge_says_what_is_asked_for(house: House) -> None:
    """RFC 9470 3."""
    answer = await by_cookie(house).post("/api/gallery/hang", headers=OURS | proof(house))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_user_authentication", max_age="300"'
    vault = await by_cookie(house, "ann-1-1").post("/api/gallery/vault", headers=OURS | proof(house, "ann-1-1"))
    assert vault.headers["www-authenticate"] == 'Bearer error="insufficient_user_authentication", acr_values="aal2"'


async def test_the_openapi_says_who_may_be_asked_again(house: House) -> None:
    paths = house.app.openapi()["paths"]
    assert "reauthentication_due" in paths["/api/gallery/hang"]["post"]["responses"]["401"]["description"]
    assert "csrf_due" in paths["/api/gallery/hang"]["post"]["responses"]["403"]["description"]
    assert "reauthentication_due" not in paths["/api/gallery"]["post"]["responses"]["401"]["description"]
    assert "csrf_due" not in paths["/api/gallery"]["get"]["responses"]["403"]["description"]
    assert "/gallery" not in paths


async def greeted(house: House, **headers: str) -> list[str]:
    """What a WebSocket is answered: the first message's type."""
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()]
    scope = {"type": "websocket", "path": "/ws", "raw_path": b"/ws", "root_path": "", "scheme": "ws", "query_string": b"", "headers": told}
    answered: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, str]) -> None:
        answered.append(message["type"])

    await house.app(scope | {"client": ("203.0.113.9", 1), "subprotocols": []}, receive, send)  # type: ignore[arg-type]  # ASGI's own are looser
    return answered


async def test_a_websocket_by_cookie_is_opened_from_our_own_pages_only(house: House) -> None:
    @house.app.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    assert (await greeted(house, cookie="daemun=ann-1-9", origin="http://testserver"))[0] == "websocket.accept"
    assert await greeted(house, cookie="daemun=ann-1-9", origin="http://evil.example") == ["websocket.close"]
    assert await greeted(house, cookie="daemun=ann-1-9", origin="null") == ["websocket.close"]
    assert await greeted(house, cookie="daemun=ann-1-9") == ["websocket.close"]
    assert (await greeted(house, authorization="Bearer ann-1-9"))[0] == "websocket.accept"
