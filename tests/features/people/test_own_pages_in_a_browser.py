"""The pages of one's own account in a real Chromium: in both languages, light and dark, by phone, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.browsing import DESK, PHONE, Tab, accessible, browsing, no_violations
from tests.features.people.owning import CHROME, NEW, a_session
from tests.house import House, Member, a_house, a_member

PAGES = ("", "/password", "/email", "/sessions", "/keys", "/keys/new", "/history", "/export", "/delete")
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) if (!each.hadRecentInput) shifts += each.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ann(house: House) -> Member:
    joined = await a_member(house.client())
    await a_session(house, joined, address="203.248.252.2", agent=CHROME, country="KR")
    return joined


async def signed_in(tab: Tab, member: Member, path: str = "/account") -> None:
    await tab.open(path)
    await tab.page.fill("#user_id", member.handle)
    await tab.page.fill("#password", member.password)
    await tab.page.click("main form button[type=submit]")
    await tab.page.wait_for_url(f"**{path}")


@pytest.mark.parametrize(("scheme", "size", "locale"), [("light", DESK, "ko-KR"), ("dark", PHONE, "ko-KR"), ("light", PHONE, "en-GB")])
async def test_everybody_can_use_these_pages_and_nothing_on_them_jumps(
    house: House, ann: Member, scheme: str, size: dict[str, int], locale: str
) -> None:
    async with browsing(house, scheme=scheme, size=size, locale=locale) as tab:
        await tab.page.add_init_script(SHIFTS)
        await signed_in(tab, ann)
        for path in PAGES:
            await tab.open(f"/account{path}")
            await tab.page.wait_for_load_state("networkidle")
            await accessible(tab)
            await no_violations(tab)
            assert await tab.page.evaluate("window.shifts") < 0.01
            assert await tab.page.get_attribute("html", "lang") == locale[:2]
        await tab.page.fill("#handle", "nobody")
        await tab.page.fill("#password", "x")
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_selector(".errors")
        await accessible(tab)
        await no_violations(tab)


async def test_a_password_is_changed_by_keyboard_alone(house: House, ann: Member) -> None:
    """Clause 7: NIST 800-63B-4 3.1.1.2: a password manager knows which field is which."""
    async with browsing(house) as tab:
        await signed_in(tab, ann, "/account/password")
        fields = await tab.page.eval_on_selector_all("main input[autocomplete]", "all => all.map((each) => each.autocomplete)")
        assert fields == ["username", "current-password", "new-password", "new-password"]
        for _ in range(20):
            await tab.page.keyboard.press("Tab")
            if await tab.page.evaluate("document.activeElement.id") == "current_password":
                break
        await tab.page.keyboard.type(ann.password)
        for _ in range(2):
            await tab.page.keyboard.press("Tab")
            await tab.page.keyboard.press("Tab")
            await tab.page.keyboard.type(NEW)
        await tab.page.keyboard.press("Enter")
        await tab.page.wait_for_selector(".done")
    assert (await house.client().log_in(ann, password=NEW)).status_code == 200


async def test_ending_a_session_asks_and_can_be_taken_back(house: House, ann: Member) -> None:
    async with browsing(house, size=PHONE) as tab:
        await signed_in(tab, ann, "/account/sessions")
        end = tab.page.locator("form[data-confirm]:has(input[name=session]) button")
        assert await end.count() == 1
        await end.click()
        await accessible(tab)
        await tab.page.keyboard.press("Escape")
        assert await tab.page.locator("dialog").count() == 0
        await end.click()
        await tab.page.click("dialog button.danger")
        await tab.page.wait_for_selector(".done")
        assert await end.count() == 0
        await no_violations(tab)


async def test_the_pages_work_without_scripts(house: House, ann: Member) -> None:
    async with browsing(house, scripts=False) as tab:
        await signed_in(tab, ann, "/account/sessions")
        await tab.page.click("form:has(input[name=others]) button")
        await tab.page.wait_for_url("**/account/sessions?done=others_ended")
        await tab.open("/account")
        await tab.page.fill("#name", "안나")
        await tab.page.select_option("#language", "en")
        await tab.page.click("main form button[type=submit] >> nth=0")
        await tab.page.wait_for_url("**/account?lang=en&done=profile_changed")
        assert "Saved." in await tab.page.inner_text("main")


async def test_the_file_is_downloaded_and_the_page_stays(house: House, ann: Member) -> None:
    async with browsing(house) as tab:
        await signed_in(tab, ann, "/account/export")
        async with tab.page.expect_download() as coming:
            await tab.page.click("main a.button")
        taken = await coming.value
        assert taken.suggested_filename == "ann_2026-2026-11-21.json"
        assert tab.page.url.endswith("/account/export")
        assert ann.email in Path(await taken.path()).read_text("utf-8")
