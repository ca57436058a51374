"""The very first start: a link in the terminal makes the first master, once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.browsing import DESK, PHONE, Tab, a_page_client, accessible, browsing, no_violations, shown
from tests.features.people.administering import an_office, everything, signed_in
from tests.house import House, Member, a_house, built
from tests.mailbox import letter_to
from tests.server.running import Server

PASSWORD = "Sanho-Bada-83!"
FIRST: dict[str, Any] = {
    "handle": "gatekeeper",
    "email": "gate@example.com",
    "name": "문지기",
    "password": PASSWORD,
    "password_confirm": PASSWORD,
}
PRINTED = re.compile(r"/setup\?t=([\w-]{43})\b")
MEMBER = Member(handle="gatekeeper", email="gate@example.com", name="문지기", password=PASSWORD)


async def offered(house: House) -> str:
    link = await built(house.app).visit("test").work(built(house.app).set_up.offer)
    assert link is not None
    return link.reveal().partition("?t=")[2]


@pytest.mark.processes
@pytest.mark.parametrize("workers", [1, 2])
def test_the_server_prints_one_link_a_start_until_there_is_a_master(tmp_path: Path, workers: int) -> None:
    """Clause 23: there is no account before the first; clause 27: its link is random, short-lived and works once."""
    server = Server(tmp_path, workers=workers)
    try:
        server.start()
        server.wait()
        (first,) = PRINTED.findall(server.output)
        server.stop()
        server.start()
        server.wait()
        old, new = PRINTED.findall(server.output)
        assert old == first != new
        assert httpx2.post(f"{server.url}/auth/setup", json=FIRST | {"token": old}).json()["code"] == "link_invalid"
        assert httpx2.post(f"{server.url}/auth/setup", json=FIRST | {"token": new}).status_code == 201
        assert httpx2.post(f"{server.url}/auth/setup", json=FIRST | {"token": new}).json()["code"] == "setup_over"
        server.stop()
        server.start()
        server.wait()
        assert len(PRINTED.findall(server.output)) == 2
    finally:
        server.kill()


async def test_the_first_master_may_everything_and_there_is_no_second_set_up(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        token = await offered(house)
        assert token not in str(everything(database_url))
        client = house.client()
        assert (await client.post("/auth/setup", FIRST | {"token": "x" * 43})).json()["code"] == "link_invalid"
        assert (
            await client.post("/auth/setup", FIRST | {"token": token, "password": "short", "password_confirm": "short"})
        ).status_code == 400
        assert (await client.post("/auth/setup", FIRST | {"token": token})).json()["handle"] == "gatekeeper"
        master = await signed_in(house, MEMBER)
        assert (await master.done("GET", f"/users/{master.id}"))["roles"] == ["master"]
        assert (await client.post("/auth/setup", FIRST | {"token": token, "handle": "second"})).json()["code"] == "setup_over"
        assert await built(house.app).visit("test").work(built(house.app).set_up.offer) is None


async def test_a_set_up_link_ends_after_an_hour(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        token = await offered(house)
        house.clock.advance(hours=1)
        assert (await house.client().post("/auth/setup", FIRST | {"token": token})).json()["code"] == "link_invalid"


async def test_the_page_makes_the_first_master_and_leads_to_the_door(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        page, token = a_page_client(house), await offered(house)
        assert (await page.open("/setup")).status == (await page.open("/setup?t=nonsense")).status == 400
        opened = await page.open(f"/setup?t={token}")
        wrong = await page.submit(opened, **FIRST | {"handle": "x", "email": "y", "password_confirm": "z"})
        assert wrong.status == 422 and "일치하지" in wrong.text
        wrong = await page.submit(opened, **FIRST | {"handle": "x", "email": "y"})
        assert wrong.status == 422 and "형식이 아닙니다" in wrong.text and wrong.form().fields["handle"] == ["x"]
        done = await page.submit(opened, follow=False, **FIRST)
        assert (done.status, done.answer.headers["location"]) == (303, "/signin?done=setup")
        over = await page.open(f"/setup?t={token}")
        assert over.status == 409 and "첫 관리자가 이미 있습니다" in over.text


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
async def test_the_first_master_is_made_by_keyboard_alone(
    sqlite_url: str, tmp_path: Path, locale: str, size: dict[str, int], scheme: str
) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        token = await offered(house)
        async with browsing(house, locale=locale, size=size, scheme=scheme) as tab:
            await tab.open(f"/setup?t={token}")
            await accessible(tab)
            await shown(tab, tmp_path, f"setup-{locale}-{scheme}")
            await typed(tab, "handle", "gatekeeper", "gate@example.com", "문지기", "short", "short")
            await tab.page.wait_for_selector("[role=alert]")
            await accessible(tab)
            await shown(tab, tmp_path, f"setup-wrong-{locale}-{scheme}")
            await typed(tab, "password", PASSWORD, PASSWORD)
            await tab.page.wait_for_url("**/signin?done=setup")
            await no_violations(tab)
        await signed_in(house, MEMBER)


@pytest.mark.parametrize(("locale", "size", "scheme"), [("ko-KR", PHONE, "light"), ("en-US", DESK, "dark")])
async def test_an_invitation_is_accepted_by_keyboard_alone(
    sqlite_url: str, tmp_path: Path, locale: str, size: dict[str, int], scheme: str
) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        await master.done("POST", "/invitations", {"email": "gate@example.com"})
        await master.done("POST", "/users", {"handle": "john.doe", "email": "john@example.com", "name": "존 도"})
        token = (await letter_to(house, "gate@example.com", "invitation")).token
        made = (await letter_to(house, "john@example.com", "account_created")).token
        async with browsing(house, locale=locale, size=size, scheme=scheme) as tab:
            await tab.open(f"/invitation?t={token}")
            await accessible(tab)
            await shown(tab, tmp_path, f"invitation-{locale}-{scheme}")
            await typed(tab, "handle", "gatekeeper", "문지기", PASSWORD, PASSWORD)
            await tab.page.wait_for_url("**/signin?done=invitation")
            await tab.open(f"/invitation?t={made}")
            await accessible(tab)
            await shown(tab, tmp_path, f"invitation-made-{locale}-{scheme}")
            await typed(tab, "password", PASSWORD, PASSWORD)
            await tab.page.wait_for_url("**/signin?done=invitation")
            await tab.open(f"/invitation?t={made}")
            await accessible(tab)
            await shown(tab, tmp_path, f"over-{locale}-{scheme}")
            await no_violations(tab)
        await signed_in(house, MEMBER)


async def typed(tab: Tab, first: str, *texts: str) -> None:
    """From one field to the next as a keyboard goes, and sent by Enter."""
    await tab.page.focus(f"#{first}")
    for number, text in enumerate(texts):
        while number and not await tab.page.evaluate("document.activeElement.matches('input')"):
            await tab.page.keyboard.press("Tab")
        await tab.page.keyboard.insert_text(text)
        if number < len(texts) - 1:
            await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("Enter")
