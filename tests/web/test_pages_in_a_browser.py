"""Pages in a real Chromium: under their policy, in both languages, light and dark, by phone, by keyboard, without scripts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.browsing import DESK, PHONE, Tab, accessible, browsing, no_violations
from tests.house import House
from tests.web.gallery_house import a_gallery


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_gallery(tmp_path) as opened:
        yield opened


async def sent(tab: Tab, title: str) -> None:
    await tab.page.fill("#title", title)
    await tab.page.fill("#password", "Maru-Bada-72!")
    await tab.page.click("main form button[type=submit] >> nth=0")


async def focused(tab: Tab) -> str:
    return str(await tab.page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.tagName"))


@pytest.mark.parametrize(("scheme", "size", "locale"), [("light", DESK, "ko-KR"), ("dark", PHONE, "ko-KR"), ("dark", DESK, "en-GB")])
async def test_everybody_can_use_a_page_and_it_breaks_no_rule_of_its_policy(
    house: House, scheme: str, size: dict[str, int], locale: str
) -> None:
    async with browsing(house, scheme=scheme, size=size, locale=locale) as tab:
        await tab.page.context.add_cookies([{"name": "daemun", "value": "ann-1-9", "url": tab.address}])
        for path in ("/gallery?done=hung", "/gallery/mine", "/gallery/refused/denied"):
            await tab.open(path)
            await accessible(tab)
            await no_violations(tab)
        await tab.open("/gallery")
        await sent(tab, "plain")
        await tab.page.wait_for_selector(".errors")
        await accessible(tab)
        await no_violations(tab)
        assert await tab.page.get_attribute("html", "lang") == locale[:2]


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
async def test_it_follows_light_and_dark(house: House, scheme: str, dark: bool) -> None:
    async with browsing(house, scheme=scheme) as tab:
        await tab.open("/gallery")
        channels = re.findall(r"\d+", await tab.page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        assert (sum(map(int, channels[:3])) < 3 * 128) is dark


async def test_a_form_is_filled_in_and_sent_by_keyboard_alone(house: House) -> None:
    async with browsing(house) as tab:
        await tab.open("/gallery")
        await tab.page.keyboard.press("Tab")
        assert await focused(tab) == "skip"
        await tab.page.keyboard.press("Enter")
        await tab.page.keyboard.press("Tab")
        assert await focused(tab) == "title"
        assert await tab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await tab.page.keyboard.type("plain")
        for _ in range(2):
            await tab.page.keyboard.press("Tab")
        await tab.page.keyboard.type("secret")
        await tab.page.keyboard.press("Tab")
        assert await focused(tab) == "show"
        await tab.page.keyboard.press("Shift+Tab")
        await tab.page.keyboard.press("Enter")
        await tab.page.wait_for_selector(".errors")
        assert await focused(tab) == "errors"
        await tab.page.keyboard.press("Tab")
        await tab.page.keyboard.press("Enter")
        await tab.page.wait_for_url("**#title")
        assert await focused(tab) == "title"


async def test_what_was_done_is_said_once(house: House) -> None:
    async with browsing(house) as tab:
        await tab.open("/gallery")
        await sent(tab, "모란")
        await tab.page.wait_for_selector(".done")
        assert await tab.page.evaluate("location.search") == ""
        await tab.page.reload()
        assert await tab.page.locator(".done").count() == 0


async def test_a_password_is_shown_on_demand_and_sent_as_a_password(house: House) -> None:
    async with browsing(house) as tab:
        await tab.open("/gallery")
        before = await tab.page.evaluate("JSON.stringify(document.querySelector('#code').getBoundingClientRect())")
        await tab.page.get_by_role("button", name="비밀번호 표시").click()
        assert await tab.page.get_attribute("#password", "type") == "text"
        assert before == await tab.page.evaluate("JSON.stringify(document.querySelector('#code').getBoundingClientRect())")
        await tab.page.get_by_role("button", name="비밀번호 숨김").click()
        assert await tab.page.get_attribute("#password", "type") == "password"


async def test_times_are_the_readers_own(house: House) -> None:
    async with browsing(house, timezone_id="Asia/Seoul") as tab:
        await tab.open("/gallery")
        assert await tab.page.inner_text("time") == "2026. 11. 21. 오후 6:00"


async def test_what_cannot_be_undone_is_asked_first(house: House) -> None:
    async with browsing(house) as tab:
        await tab.open("/gallery")
        await tab.page.get_by_role("button", name="내리기").click()
        assert "되돌릴 수 없습니다" in await tab.page.inner_text("dialog")
        await accessible(tab)
        assert await tab.page.evaluate("document.activeElement.textContent") == "취소"
        await tab.page.keyboard.press("Escape")
        assert await tab.page.locator("dialog").count() == 0
        await tab.page.get_by_role("button", name="내리기").click()
        await tab.page.locator("dialog").get_by_role("button", name="내리기").click()
        await tab.page.wait_for_selector(".done")
        await no_violations(tab)


async def test_nothing_moves_while_the_page_is_loading(house: House) -> None:
    async with browsing(house, size=PHONE, locale="ko-KR") as tab:
        await tab.page.add_init_script(
            "window.moved = 0; new PerformanceObserver((list) => { for (const each of list.getEntries()) moved += each.value; })"
            ".observe({ type: 'layout-shift', buffered: true });"
        )
        await tab.open("/gallery")
        await tab.page.wait_for_load_state("networkidle")
        assert await tab.page.evaluate("moved") < 0.01


async def test_without_scripts_the_same_can_be_done(house: House) -> None:
    async with browsing(house, scripts=False) as tab:
        await tab.open("/gallery")
        await sent(tab, "plain")
        await tab.page.wait_for_selector(".errors")
        await sent(tab, "모란")
        await tab.page.wait_for_selector(".done")
        await tab.page.get_by_role("button", name="내리기").click()
        await tab.page.wait_for_selector(".done")


async def test_the_language_is_switched_at_the_foot_of_the_page(house: House) -> None:
    async with browsing(house) as tab:
        await tab.open("/gallery")
        await tab.page.get_by_role("link", name="English").click()
        await tab.page.wait_for_url("**lang=en")
        assert await tab.page.inner_text("h1") == "A new picture"
        await tab.open("/gallery")
        assert await tab.page.inner_text("h1") == "A new picture"
        assert await tab.page.evaluate("document.cookie") == "daemun-lang=en"


async def test_a_page_of_another_site_can_send_none_of_our_forms(house: House) -> None:
    """Clause 16: what the browser itself says of where a form was sent from is enough to refuse it."""
    async with browsing(house) as tab:
        await tab.open("/gallery")
        token = await tab.page.input_value("main form [name=csrf] >> nth=0")
        form = f'<form method="post" action="{tab.address}/gallery"><input name="csrf" value="{token}"><button>x</button></form>'
        await tab.page.route("http://evil.example/**", lambda route: route.fulfill(body=form, content_type="text/html"))
        await tab.page.goto("http://evil.example/")
        async with tab.page.expect_response("**/gallery") as answered:
            await tab.page.click("button")
        assert (await answered.value).status == 403
        assert await tab.page.locator("text=페이지를 새로 연 뒤").count() == 1
