"""Whatever strangers do, the owner's browser comes in: over the real application."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.features.people.recovering import NEW, a_reset_token, reset, user_of
from tests.features.signin.rooms import WRONG, from_, links_of
from tests.house import House, Member, a_house, a_member, built
from tests.mailbox import letter_to
from tests.paging import PageClient, a_page_client

ANN = Member()
STEPS = st.one_of(
    st.tuples(st.just("login"), st.integers(0, 60), st.integers(1, 7)),
    st.tuples(st.just("page"), st.integers(0, 60), st.integers(1, 7)),
    st.tuples(st.just("same place"), st.just(0), st.integers(1, 7)),
    st.tuples(st.just("forged device"), st.integers(0, 60), st.integers(1, 7)),
    st.tuples(st.just("recovery"), st.integers(0, 60), st.integers(1, 7)),
    st.tuples(st.just("time"), st.integers(1, 20), st.just(1)),
)


async def comes_in(browser: PageClient) -> bool:
    page = await browser.submit(await browser.open("/signin"), follow=False, user_id=ANN.handle, password=ANN.password)
    came = page.status == 303
    await browser.submit(await browser.open("/signout"), "/signout")
    return came


async def one(house: House, what: str, number: int) -> None:
    stranger = from_(house, number)
    match what:
        case "login":
            await stranger.log_in(ANN, password=WRONG)
        case "page":
            browser = a_page_client(house, f"198.51.100.{number + 1}")
            await browser.submit(await browser.open("/signin"), user_id=ANN.email, password=WRONG)
        case "same place":
            await house.client().log_in(ANN, password=WRONG)
        case "forged device":
            await from_(house, number, cookie="daemun-device=k1." + "A" * 43 + "." + "B" * 43).log_in(ANN, password=WRONG)
        case "recovery":
            await stranger.post("/auth/forgot", {"user_id": ANN.handle})


async def attacked(house: House, browser: PageClient, attack: list[tuple[str, int, int]]) -> None:
    for what, number, times in attack:
        if what == "time":
            house.clock.advance(minutes=number)
            continue
        for _ in range(times):
            await one(house, what, number)
    assert await comes_in(browser)


def test_a_stranger_never_locks_the_owner_out(sqlite_url: str, tmp_path: Path) -> None:
    """Clauses 9 and 20: NIST SP 800-63B-4 3.2.2, ASVS 5.0 6.1.1."""
    with asyncio.Runner() as runner:
        opening = a_house(sqlite_url, tmp_path, identity__login_streak="12")
        house = runner.run(opening.__aenter__())
        runner.run(a_member(house.client()))
        browser = a_page_client(house)
        assert runner.run(comes_in(browser))

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(attack=st.lists(STEPS, max_size=6))
        def holds(attack: list[tuple[str, int, int]]) -> None:
            runner.run(attacked(house, browser, attack))

        try:
            holds()
        finally:
            runner.run(opening.__aexit__(None, None, None))


async def test_a_hundred_strangers_from_a_hundred_addresses_leave_the_owners_browser_working_at_once(
    database_url: str, tmp_path: Path
) -> None:
    """Clauses 9 and 20: NIST SP 800-63B-4 3.2.2, ASVS 5.0 6.1.1."""
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        browser = a_page_client(house)
        assert await comes_in(browser)
        for number in range(100):
            if number % 5 == 0:
                house.clock.advance(minutes=16)
            assert (await from_(house, number).log_in(ANN, password=WRONG)).status_code == 401
        house.clock.advance(minutes=16)
        assert (await from_(house, 200).log_in(ANN)).json()["code"] == "account_locked"
        assert await comes_in(browser)
        assert (await from_(house, 200).log_in(ANN)).status_code == 200  # the owner's coming in has ended the streak


async def shut(house: House, by: int = 0) -> None:
    """As strangers may: from elsewhere each time."""
    for number in range(5):
        await from_(house, by + number).log_in(ANN, password=WRONG)
    assert (await from_(house, by + 200).log_in(ANN)).status_code == 429


async def devices_of(house: House) -> int:
    user = await user_of(house, ANN)
    return len(await built(house.app).database.read(lambda tx: built(house.app).sessions.devices.of(tx, user.id)))


@pytest.mark.parametrize("way", ["reset", "unlock"])
@pytest.mark.parametrize("mouth", ["page", "json"])
async def test_an_owner_who_has_just_read_the_mailbox_comes_in_whatever_a_stranger_does(
    way: str, mouth: str, database_url: str, tmp_path: Path
) -> None:
    """Clauses 9 and 20: NIST SP 800-63B-4 3.2.2, ASVS 5.0 6.1.1. The browser or program that used the link is known from then on."""
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        assert await comes_in(a_page_client(house, "203.0.113.77"))  # a device that a reset forgets
        browser = a_page_client(house, "192.0.2.8")
        await shut(house)
        password = NEW if way == "reset" else ANN.password
        token = await a_reset_token(house, house.client(), ANN) if way == "reset" else (await letter_to(house, ANN.email, "unlock")).token
        if mouth == "page":
            fields: dict[str, Any] = {"password": NEW, "password_confirm": NEW} if way == "reset" else {}
            assert (await browser.submit(await browser.open(f"/{way}?t={token}"), **fields)).status == 200
        elif way == "reset":
            body = {"token": token, "password": NEW, "password_confirm": NEW}
            assert (await browser.http.post("/auth/password/reset", json=body)).status_code == 200
        else:
            assert (await browser.http.post("/auth/unlock", json={"token": token})).status_code == 200
        assert await devices_of(house) == (1 if way == "reset" else 2)
        for quarter in range(3):
            await shut(house, 10 * quarter)
            came = await browser.http.post("/auth/login", json={"user_id": ANN.handle, "password": password})
            assert came.status_code == 200
            house.clock.advance(minutes=15)


async def test_a_reset_makes_a_device_of_its_own_known_and_not_the_one_that_came(database_url: str, tmp_path: Path) -> None:
    """Clause 69: whoever copied the cookie of the device that was known before has nothing of the new one."""
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        browser = a_page_client(house)
        assert await comes_in(browser)
        copied = browser.cookie("daemun-device")
        token = await a_reset_token(house, house.client(), ANN)
        await browser.submit(await browser.open(f"/reset?t={token}"), password=NEW, password_confirm=NEW)
        assert browser.cookie("daemun-device") not in (None, copied)
        await shut(house)
        thief = house.client("198.51.100.66", cookie=f"daemun-device={copied}")
        assert (await thief.log_in(ANN, password=NEW)).status_code == 429


async def test_a_link_that_opens_nothing_makes_no_device_known(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        client = house.client()
        await a_member(client)
        token = await a_reset_token(house, client, ANN)
        assert (await reset(client, token)).status_code == 200
        stranger = from_(house, 1)
        for answer in (await reset(stranger, token), await stranger.post("/auth/unlock", {"token": token})):
            assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)
        assert (await devices_of(house), await links_of(house, "reset")) == (1, 1)
