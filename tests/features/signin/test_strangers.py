"""Whatever strangers do, the owner's browser comes in: over the real application."""

from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.features.signin.rooms import WRONG, from_
from tests.house import House, Member, a_house, a_member
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
