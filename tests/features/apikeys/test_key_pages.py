"""Keys on the pages of one's own account: without scripts, and in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.browsing import DESK, PHONE, Tab, accessible, browsing, no_violations, shown
from tests.features.apikeys.keeping import Key, written
from tests.features.people.owning import a_browser
from tests.house import House, Member, a_house, a_member
from tests.paging import Page

TEXT = re.compile(r"daemun_[0-9A-Za-z]{45}")


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path) as opened:
        yield opened


def shown_once(house: House, page: Page) -> Key:
    found = set(TEXT.findall(page.html))
    assert len(found) == 1
    assert page.answer.headers["cache-control"] == "no-store"
    return Key(house, "", found.pop(), {})


async def test_a_key_is_made_rotated_and_revoked_on_pages(house: House) -> None:
    ann = await a_browser(house, await a_member(house.client()))
    page = await ann.follow(await ann.open("/account/keys"), "새 API 키 만들기")
    refused = await ann.submit(page, "name", name="  ", scopes="stocks.read", days="7")
    assert (refused.status, refused.form("name").fields["days"], refused.form("name").fields["scopes"]) == (422, ["7"], ["stocks.read"])
    forged = await ann.submit(page, "name", name="밤 배치", scopes="users.manage")
    assert forged.status == 403
    assert "자신에게 없는 권한은 키에 줄 수 없습니다: users.manage" in forged.text
    page = await ann.submit(page, "name", name="밤 배치", scopes="stocks.read", days="7")
    key = shown_once(house, page)
    assert await key.opens() == (200, "")
    await written(house)
    page = await ann.open("/account/keys")
    assert "밤 배치" in page.text
    assert "상장 종목 보기" in page.text
    assert "198.51.100.0/24" in page.text
    assert not TEXT.search(page.html)
    house.clock.advance(minutes=4)
    page = await ann.submit(await ann.follow(page, "교체"), "hours", hours="1")
    new = shown_once(house, page)
    assert [await each.opens() for each in (key, new)] == [(200, "")] * 2
    house.clock.advance(minutes=30)
    page = await ann.open("/account/keys")
    assert "/reauthenticate?next=/account/keys" in page.html, "half an hour later it has to be shown again who asks"
    house.clock.advance(minutes=30)
    assert [await each.opens() for each in (key, new)] == [(401, "api_key_ended"), (200, "")]
    assert not [each for each in page.forms if "key" in each.names]


@pytest.mark.parametrize(("scheme", "size", "locale"), [("light", DESK, "ko-KR"), ("dark", PHONE, "ko-KR"), ("light", PHONE, "en-GB")])
async def test_everybody_can_use_the_pages_of_keys(house: House, scheme: str, size: dict[str, int], locale: str, tmp_path: Path) -> None:
    member = await a_member(house.client())
    async with browsing(house, scheme=scheme, size=size, locale=locale) as tab:
        await tab.open("/account/keys")
        await tab.page.fill("#user_id", member.handle)
        await tab.page.fill("#password", member.password)
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_url("**/account/keys")
        await looked_at(tab, tmp_path, "empty")
        await tab.page.click("main a.button")
        await tab.page.fill("#name", "밤 배치")
        await tab.page.check("#scopes-1")
        await looked_at(tab, tmp_path, "new")
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_selector("#key")
        await looked_at(tab, tmp_path, "made")
        assert TEXT.fullmatch(await tab.page.inner_text("#key"))
        await tab.page.click("main a.button")
        await tab.page.click(".ways a")
        await looked_at(tab, tmp_path, "rotate")
        await tab.page.click("main form button[type=submit]")
        await tab.page.click("main a.button")
        await tab.page.click("form[data-confirm] button >> nth=0")
        await accessible(tab)
        await tab.page.click("dialog button.danger")
        await tab.page.wait_for_selector(".done")
        await looked_at(tab, tmp_path, "list")


async def looked_at(tab: Tab, folder: Path, name: str) -> None:
    await accessible(tab)
    await no_violations(tab)
    await shown(tab, folder, name)


async def test_a_key_in_a_browser_is_nobody_who_may_see_the_pages(house: House) -> None:
    ann = await a_browser(house, await a_member(house.client()))
    page = await ann.submit(await ann.open("/account/keys/new"), "name", name="a", days="7")
    answer = await shown_once(house, page).ask("GET", "/account/keys")
    assert (answer.status_code, "API" in answer.text) == (403, True)


async def test_somebody_elses_key_is_not_there(house: House) -> None:
    ann, bob = await a_member(house.client()), await a_member(house.client(), Member("bob_2026", "bob@example.com", "박보람"))
    theirs = await a_browser(house, ann)
    await theirs.submit(await theirs.open("/account/keys/new"), "name", name="a", days="7")
    (path,) = re.findall(r"/account/keys/[0-9A-Z]{26}", (await theirs.open("/account/keys")).html)
    other = await a_browser(house, bob)
    assert (await other.open(path)).status == 404
