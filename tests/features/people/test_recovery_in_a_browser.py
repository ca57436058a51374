"""The ways back in, in a real browser: for everybody, by keyboard, on a phone, in the light and in the dark."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.browsing import DESK, PHONE, Tab, accessible, browsing, no_violations, shown
from tests.features.people.recovering import NEW, a_reset_token, user_of, work
from tests.house import House, Member, a_house, a_member, built

from daemun.features.identity import Purpose

SHOTS = os.environ.get("DAEMUN_TEST_SHOTS")


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path) as opened:
        yield opened


async def a_token(house: House, member: Member, purpose: Purpose) -> str:
    user = await user_of(house, member)
    issued = await work(house, built(house.app).identity.links.issue, purpose, user_id=user.id, email="ann@new.example")
    return issued.token.reveal()


async def looked_at(tab: Tab, name: str) -> None:
    await accessible(tab)
    await no_violations(tab)
    if SHOTS:
        await shown(tab, Path(SHOTS), name)


@pytest.mark.parametrize(("scheme", "size", "locale"), [("light", DESK, "ko-KR"), ("dark", PHONE, "ko-KR"), ("light", PHONE, "en-GB")])
async def test_everybody_can_use_the_ways_back_in(house: House, scheme: str, size: dict[str, int], locale: str) -> None:
    ann = await a_member(house.client())
    paths = ["/forgot", "/forgot?done=reset_asked", "/restore", "/restore?done=password_reset_asleep", "/verify", "/verify?done=verified"]
    paths += ["/unlock?done=unlocked", "/reset?t=over", "/verify?t=over"]
    purposes: dict[str, Purpose] = {"/unlock": "unlock", "/email/confirm": "change_email", "/email/undo": "undo_email"}
    purposes |= {"/verify": "verify", "/wake": "wake", "/reset": "reset"}
    paths += [f"{path}?t={await a_token(house, ann, purpose)}" for path, purpose in purposes.items()]
    async with browsing(house, scheme=scheme, size=size, locale=locale) as tab:
        for number, path in enumerate(paths):
            await tab.open(path)
            await looked_at(tab, f"{scheme}-{size['width']}-{locale[:2]}-{number:02}")
        await tab.page.fill("#password", "short")
        await tab.page.fill("#password_confirm", "short")
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_selector(".errors")
        await looked_at(tab, f"{scheme}-{size['width']}-{locale[:2]}-weak")


async def test_a_password_is_chosen_anew_by_keyboard_alone(house: House) -> None:
    ann = await a_member(house.client())
    token = await a_reset_token(house, house.client(), ann)
    async with browsing(house) as tab:
        await tab.open(f"/reset?t={token}")
        await tab.page.focus("#password")
        await tab.page.keyboard.type(NEW)
        for _ in range(2):  # past the button that shows it
            await tab.page.keyboard.press("Tab")
        await tab.page.keyboard.type(NEW)
        await tab.page.keyboard.press("Enter")
        await tab.page.wait_for_url("**/signin?done=password_reset")
    assert (await house.client().log_in(ann, password=NEW)).status_code == 200


async def test_the_ways_back_in_need_no_script(house: House) -> None:
    ann = await a_member(house.client())
    async with browsing(house, scripts=False) as tab:
        await tab.open("/forgot")
        await tab.page.fill("#login", ann.email)
        await tab.page.click("main form button[type=submit]")
        await tab.page.wait_for_url("**/forgot?done=reset_asked")
