"""The pages of signing in, in a real Chromium: in both languages, light and dark, by phone, by keyboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.browsing import DESK, PHONE, Tab, accessible, browsing, no_violations, shown
from tests.features.signin.rooms import WRONG, becomes, from_, posted
from tests.house import House, Member, a_house, a_member
from tests.mailbox import letter_to

ANN = Member()


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path) as opened:
        await a_member(opened.client())
        yield opened


async def sign_in(tab: Tab, password: str = ANN.password) -> None:
    await tab.page.fill("#user_id", ANN.handle)
    await tab.page.fill("#password", password)
    await tab.page.click("main form button[type=submit]")


async def good(tab: Tab, folder: Path, name: str) -> None:
    await accessible(tab)
    await no_violations(tab)
    await shown(tab, folder, name)


@pytest.mark.parametrize(("scheme", "size", "locale"), [("light", DESK, "ko-KR"), ("dark", PHONE, "ko-KR"), ("dark", DESK, "en-GB")])
async def test_everybody_can_use_the_pages(house: House, tmp_path: Path, scheme: str, size: dict[str, int], locale: str) -> None:
    async with browsing(house, scheme=scheme, size=size, locale=locale) as tab:
        for path in ("/signin", "/signin?done=signed_up", "/signup", "/signup/finish?done=signup_letter", "/signin/wake"):
            await tab.open(path)
            await good(tab, tmp_path, "get" + path.partition("?")[0].replace("/", "-"))
        await tab.open("/signin")
        await sign_in(tab, WRONG)
        await tab.page.wait_for_selector(".errors")
        await good(tab, tmp_path, "signin-wrong")
        await tab.open("/signup")
        for name, value in (("user_id", "bob_2026"), ("email", "bob@example.com"), ("name", "박보검")):
            await tab.page.fill(f"#{name}", value)
        await tab.page.fill("#password", "abc")
        await tab.page.fill("#password_confirm", "abc")
        await tab.page.check("#agree")
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_selector(".errors")
        await good(tab, tmp_path, "signup-weak")
        await tab.open("/signin?next=/signout")
        await sign_in(tab)
        await tab.page.wait_for_url("**/signout")
        await good(tab, tmp_path, "signout")
        await tab.open("/reauthenticate")
        await good(tab, tmp_path, "reauthenticate")


@pytest.mark.parametrize("why", ["sleep", "ban", "limit"])
async def test_why_one_is_not_let_in_is_readable_for_everybody(house: House, tmp_path: Path, why: str) -> None:
    if why == "limit":
        for number in range(6):
            await from_(house, number).log_in(ANN, password=WRONG)
    else:
        await becomes(house, why, **({"reason": "광고 도배"} if why == "ban" else {}))
    async with browsing(house, size=PHONE) as tab:
        await tab.open("/signin")
        await sign_in(tab)
        await tab.page.wait_for_selector(".errors")
        await good(tab, tmp_path, f"signin-{why}")


async def test_one_signs_up_in_and_out_by_keyboard_alone(house: House) -> None:
    async with browsing(house) as tab:
        await tab.open("/signup")
        keys = tab.page.keyboard
        await tab.page.focus("#user_id")
        for value in ("bob_2026", "bob@example.com", "박보검"):
            await keys.type(value)
            await keys.press("Tab")
        for _ in range(2):
            await keys.type("Maru-Bada-72!")
            await keys.press("Tab")
            await keys.press("Tab")  # past the button that shows it
        await keys.press("Space")
        await keys.press("Tab")
        await keys.press("Enter")
        await tab.page.wait_for_url("**/signin*")
        assert len(await posted(house, "verify_email")) == 2
        await tab.open("/signin?next=/signout")
        await tab.page.focus("#user_id")
        await keys.type("bob_2026")
        await keys.press("Tab")
        await keys.type("Maru-Bada-72!")
        await keys.press("Enter")
        await tab.page.wait_for_url("**/signout")
        await tab.page.focus("main button")
        await keys.press("Enter")
        await tab.page.wait_for_selector(".done")
        assert [each["name"] for each in await tab.page.context.cookies()] == ["daemun-flow", "daemun-device"]


async def test_password_managers_paste_and_eyes_are_helped(house: House) -> None:
    """Clause 7: NIST SP 800-63B-4 3.1.1.2."""
    async with browsing(house) as tab:
        await tab.open("/signin")
        told = [await tab.page.get_attribute(f"#{each}", "autocomplete") for each in ("user_id", "password")]
        assert told == ["username", "current-password"]
        await tab.page.focus("#password")
        await tab.page.keyboard.insert_text(ANN.password)  # as a paste arrives
        assert await tab.page.input_value("#password") == ANN.password
        await tab.page.click(".show")
        assert await tab.page.get_attribute("#password", "type") == "text"
        await tab.open("/signup")
        told = [await tab.page.get_attribute(f"#{each}", "autocomplete") for each in ("user_id", "email", "password", "password_confirm")]
        assert told == ["username", "email", "new-password", "new-password"]


async def test_without_scripts_everything_works(house: House) -> None:
    async with browsing(house, scripts=False) as tab:
        await tab.open("/signin?next=/signout")
        await sign_in(tab)
        await tab.page.wait_for_url("**/signout")
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_selector(".done")


@pytest.mark.parametrize(("scheme", "size", "locale"), [("light", PHONE, "ko-KR"), ("dark", DESK, "en-GB")])
async def test_whoever_reads_the_letter_chooses_the_password_where_no_browser_asked(
    sqlite_url: str, tmp_path: Path, scheme: str, size: dict[str, int], locale: str
) -> None:
    """Clause 7: NIST SP 800-63B-4 3.1.1.2."""
    async with a_house(sqlite_url, tmp_path, identity__signup="private") as house:
        await house.client().sign_up(ANN)
        token = (await letter_to(house, ANN.email, "signup_finish")).token
        async with browsing(house, scheme=scheme, size=size, locale=locale) as tab:
            await tab.open(f"/signup/finish?t={token}")
            told = [await tab.page.get_attribute(f"#{each}", "autocomplete") for each in ("user_id", "password", "password_confirm")]
            assert told == ["username", "new-password", "new-password"]
            await good(tab, tmp_path, "finish")
            await tab.page.fill("#password", "abc")
            await tab.page.fill("#password_confirm", "abc")
            await tab.page.click("main form button[type=submit]")
            await tab.page.wait_for_selector(".errors")
            await good(tab, tmp_path, "finish-weak")
            await tab.page.fill("#password", "Haneul-Gureum-81!")
            await tab.page.fill("#password_confirm", "Haneul-Gureum-81!")
            await tab.page.click("main form button[type=submit]")
            await tab.page.wait_for_selector(".done")  # the address loses its words as soon as they are shown
