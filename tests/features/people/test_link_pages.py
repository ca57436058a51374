"""What the links in letters open: programs that look for danger in letters open every one of them, and nothing happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.features.people.recovering import NEW, becomes, user_of, work
from tests.house import House, a_house, a_member, built
from tests.paging import PageClient, a_page_client

from daemun.features.identity import Purpose
from daemun.ports.database import Transaction

PAGES: dict[str, Purpose] = {
    "/verify": "verify",
    "/reset": "reset",
    "/unlock": "unlock",
    "/restore": "restore",
    "/wake": "wake",
    "/email/confirm": "change_email",
    "/email/undo": "undo_email",
}
TABLES = ("daemun_links", "daemun_users", "daemun_session_families", "daemun_letters", "daemun_known_devices")
NEXT = {
    "/verify": "/verify",
    "/reset": "/forgot",
    "/unlock": "/signin",
    "/restore": "/restore",
    "/wake": "/restore",
    "/email/confirm": "/account",
    "/email/undo": "/forgot",
}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


async def a_token(house: House, purpose: Purpose) -> str:
    ann = await a_member(house.client())
    if purpose in ("restore", "wake"):
        await becomes(house, ann, "delete" if purpose == "restore" else "sleep")
    user = await user_of(house, ann)
    email = "ann@new.example" if purpose in ("change_email", "undo_email") else user.email
    issued = await work(house, built(house.app).identity.links.issue, purpose, user_id=user.id, email=email)
    return issued.token.reveal()


async def everything(house: House) -> dict[str, list[Any]]:
    def rows(tx: Transaction) -> dict[str, list[Any]]:
        return {table: sorted(map(str, tx.all(text(f"SELECT * FROM {table}")))) for table in TABLES}

    return await built(house.app).visit("test").read(rows)


async def pressed(browser: PageClient, path: str, token: str) -> Any:
    page = await browser.open(f"{path}?t={token}")
    if path == "/reset":
        return await browser.submit(page, "password", follow=False, password=NEW, password_confirm=NEW)
    return await browser.submit(page, follow=False)


@pytest.mark.parametrize("path", PAGES)
async def test_opening_a_link_changes_nothing_and_pressing_its_button_does(house: House, path: str) -> None:
    """Clause 30: once."""
    token = await a_token(house, PAGES[path])
    before = await everything(house)
    scanner = a_page_client(house, "198.51.100.7", agent="Scanner/1")
    for _ in range(3):
        assert (await scanner.http.get(f"{path}?t={token}")).status_code == 200
        assert (await scanner.http.head(f"{path}?t={token}")).status_code == 200
        assert (await scanner.http.options(f"{path}?t={token}")).status_code in (200, 405)
    assert await everything(house) == before
    assert (await pressed(a_page_client(house), path, token)).status == 303
    assert await everything(house) != before


@pytest.mark.parametrize("path", PAGES)
async def test_pressing_twice_is_refused_by_a_page_that_leads_on(house: House, path: str) -> None:
    token = await a_token(house, PAGES[path])
    first, second = a_page_client(house), a_page_client(house)
    waiting = await second.open(f"{path}?t={token}")
    assert (await pressed(first, path, token)).status == 303
    if path == "/reset":
        over = await second.submit(waiting, "password", password=NEW, password_confirm=NEW)
    else:
        over = await second.submit(waiting)
    again = await second.open(f"{path}?t={token}")
    for page in (over, again):
        assert (page.status, "쓸 수 없습니다" in page.text) == (400, True)
        assert any(address.startswith(NEXT[path]) for address in page.links.values())


@pytest.mark.parametrize("path", PAGES)
async def test_a_form_that_no_page_of_ours_gave_uses_nothing_up(house: House, path: str) -> None:
    """Clause 16."""
    token = await a_token(house, PAGES[path])
    before = await everything(house)
    stranger = a_page_client(house)
    action = "/restore" if path == "/wake" else path
    answer = await stranger.http.post(action, data={"token": token, "password": NEW, "password_confirm": NEW})
    assert answer.status_code == 403
    assert await everything(house) == before


async def test_a_token_is_told_to_nobody_else(house: House) -> None:
    """Neither a referrer nor a cache has it."""
    token = await a_token(house, "reset")
    answer = await a_page_client(house).http.get(f"/reset?t={token}")
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert answer.headers["cache-control"] == "no-store"
    assert token not in str(answer.headers)
    assert "http" not in answer.text.partition("<body>")[2]  # no way out of the house by which it could go
