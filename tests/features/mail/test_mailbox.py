"""The mailbox of dev: for whoever sits at the machine, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx2
import pytest
from tests.features.mail.rooms import LINK, a_letter
from tests.house import House, a_house, built

from daemun.core.circumstance import Circumstance

HERE = "http://localhost:8000"
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path, tools="tests.features.mail.wordy") as found:
        yield found


async def post(house: House, name: str = "안은주") -> None:
    mail = built(house.app).mail
    await built(house.app).database.work(lambda work: mail.post(work, a_letter(name=name)), Circumstance())


async def asked(
    house: House, path: str = "/dev/mail", *, method: str = "GET", peer: str = "127.0.0.1", base: str = HERE, **more: Any
) -> httpx2.Response:
    transport = httpx2.ASGITransport(house.app, client=(peer, 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
        return await client.request(method, path, **more)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.8.8.8"])
async def test_whoever_sits_at_the_machine_reads_what_was_posted(house: House, peer: str) -> None:
    await post(house)
    answer = await asked(house, peer=peer)
    (letter,) = answer.json()["letters"]
    assert (letter["to"], letter["kind"], letter["link"], letter["code"]) == ("ann@example.com", "welcome", LINK, "48201937")
    assert LINK in letter["text"]


async def test_the_newest_letter_is_on_top(house: House) -> None:
    for name in ("first", "second", "third"):
        await post(house, name)
        house.clock.advance(seconds=1)
    letters = (await asked(house)).json()["letters"]
    assert [each["subject"].split()[0] for each in letters] == ["third", "second", "first"]


async def test_a_browser_sees_each_letter_in_a_frame_that_can_do_nothing(house: House) -> None:
    await post(house, "<script>alert(1)</script>")
    page = await asked(house, headers=BROWSER)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script>" not in page.text
    frame = page.text.partition("<iframe sandbox src=")[2].split('"')[1]
    letter = await asked(house, f"/dev/{frame}")
    assert letter.status_code == 200
    assert letter.headers["x-frame-options"] == "SAMEORIGIN"
    assert letter.headers["content-security-policy"].endswith("; sandbox")
    assert "frame-ancestors 'self'" in letter.headers["content-security-policy"]
    assert "안녕하십니까" in letter.text
    for nothing in ("nothing", "%00", "01K0000000000000000000LET1"):
        assert (await asked(house, f"/dev/mail/{nothing}/html")).status_code == 404


async def test_the_mailbox_is_emptied_by_its_button(house: House) -> None:
    await post(house)
    assert 'action="mail/empty"' in (await asked(house, headers=BROWSER)).text
    answer = await asked(house, "/dev/mail/empty", method="POST", headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "../mail")
    assert (await asked(house)).json() == {"letters": []}
    assert "아직 편지가 없습니다." in (await asked(house, headers=BROWSER)).text


@pytest.mark.parametrize(
    "how",
    [
        {"peer": "192.168.0.7"},
        {"peer": "203.0.113.9"},
        {"peer": "fe80::1"},
        {"base": "http://gate.example.com"},
        {"base": "http://localhost.evil.example:8000"},
        {"base": "http://192.168.0.2:8000"},
        {"headers": {"x-forwarded-for": "127.0.0.1"}},
        {"headers": {"forwarded": "for=127.0.0.1"}},
        {"headers": {"via": "1.1 tunnel"}},
    ],
    ids=str,
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/dev/mail"), ("GET", "/dev/mail/{id}/html"), ("POST", "/dev/mail/empty")])
async def test_for_others_there_is_no_mailbox(house: House, how: dict[str, Any], method: str, path: str) -> None:
    await post(house)
    letter_id = (await asked(house)).json()["letters"][0]["id"]
    answer = await asked(house, path.format(id=letter_id), method=method, **how)
    assert (answer.status_code, answer.json()["code"]) == (404, "missing")
    assert len((await asked(house)).json()["letters"]) == 1


async def test_a_page_elsewhere_cannot_empty_it(house: House) -> None:
    await post(house)
    for site in ("cross-site", "same-site"):
        assert (await asked(house, "/dev/mail/empty", method="POST", headers={"sec-fetch-site": site})).status_code == 404
    assert len((await asked(house)).json()["letters"]) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"profile": "prod", "mail__transport": "none"},
        {"profile": "staging", "mail__transport": "none"},
        {"profile": "prod", "mail__host": "localhost", "mail__from_address": "gate@example.com"},
        {"profile": "dev", "mail__transport": "none"},
        {"profile": "dev", "mail__host": "localhost", "mail__from_address": "gate@example.com"},
    ],
    ids=str,
)
async def test_where_letters_are_sent_or_dropped_there_is_none_at_all(sqlite_url: str, tmp_path: Path, settings: dict[str, str]) -> None:
    keys = {"encryption_key": token_urlsafe(32), "pepper": token_urlsafe(32), "public_url": "https://localhost:8000"}
    async with a_house(sqlite_url, tmp_path, **keys, **settings) as house:
        served = [route for each in built(house.app).features for router in each.routers for route in router.routes]
        assert not [route for route in served if str(getattr(route, "path", "")).startswith("/dev/")]
        assert (await asked(house, base="https://localhost:8000")).status_code == 404
