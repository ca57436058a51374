"""An address that an administrator gave opens nothing to whoever reads it, until its owner has shown that it is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from tests.features.people.administering import Staff, a_staff, an_office, signed_in
from tests.features.people.recovering import ask_back, becomes, forgot, reset
from tests.house import House
from tests.mailbox import letter_to, letters_to

OLD, GIVEN, AGAIN = "ben_2026@example.com", "given@example.com", "again@example.com"
OPENING = {"reset_password", "temporary_password", "restore", "restore_asleep", "unlock", "wake", "recovery_started_by_admin"}
SOME = {"reason": "까닭"}


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[tuple[House, Staff]]:
    async with an_office(database_url, tmp_path) as opened:
        yield opened


async def opening(house: House, email: str) -> list[str]:
    """What opened the account to whoever reads this mailbox."""
    return [each.kind for each in await letters_to(house, email) if each.kind in OPENING and each.link]


async def give(keeper: Staff, ben: Staff, email: str = GIVEN) -> None:
    await keeper.done("PATCH", f"/users/{ben.id}", {"email": email})


async def press(house: House, email: str, token: str | None = None) -> httpx2.Response:
    """The link of the letter to the new address; `token`: signed in as somebody."""
    letter = await letter_to(house, email, "email_given_by_admin")
    return await house.client().post("/auth/verify", {"token": letter.token}, token=token)


async def test_a_user_admin_takes_nobody_over_by_setting_their_address(office: tuple[House, Staff]) -> None:
    """Clause 29: neither by asking, nor by reading the letter that verifies, nor with the help of support."""
    house, master = office
    keeper, ben = await a_staff(house, "keep_2026", "user_admin"), await a_staff(house, "ben_2026")
    await give(keeper, ben)
    evil = house.client("198.51.100.7")
    told = [await forgot(evil, login) for login in (GIVEN, "ben_2026", "nobody_2026")]
    assert len({(each.status_code, each.text) for each in told}) == 1
    assert (await press(house, GIVEN)).status_code == 200
    assert (await master.done("GET", f"/users/{ben.id}"))["is_verified"]
    await forgot(evil, GIVEN)
    await ask_back(evil, GIVEN)
    await master.done("POST", f"/users/{ben.id}/recovery")
    await master.done("POST", f"/users/{ben.id}/delete", SOME)
    await ask_back(evil, GIVEN)
    assert await opening(house, GIVEN) == []
    assert (await letter_to(house, OLD, "restore")).link


async def test_the_owner_comes_in_by_the_old_mailbox_for_a_week(office: tuple[House, Staff]) -> None:
    house, master = office
    ben = await a_staff(house, "ben_2026")
    await give(master, ben)
    await forgot(house.client(), "ben_2026")
    assert (await reset(house.client(), (await letter_to(house, OLD, "reset_password")).token)).status_code == 200
    assert not (await master.done("GET", f"/users/{ben.id}"))["is_verified"]
    house.clock.advance(days=7)
    await forgot(house.client(), "ben_2026")
    assert len(await opening(house, OLD)) == 1
    assert await opening(house, GIVEN) == []


async def test_a_second_address_from_an_administrator_gives_the_first_no_way_back(office: tuple[House, Staff]) -> None:
    """Else whoever set the first would undo the second, and choose a password."""
    house, master = office
    ben = await a_staff(house, "ben_2026")
    await give(master, ben)
    await press(house, GIVEN)
    await give(master, ben, AGAIN)
    assert "email_changed_by_admin" not in [each.kind for each in await letters_to(house, GIVEN)]
    await forgot(house.client(), "ben_2026")
    assert await opening(house, OLD) == ["reset_password"]
    undo = (await letter_to(house, OLD, "email_changed_by_admin")).token
    assert (await house.client().post("/auth/email/undo", {"token": undo})).status_code == 200
    await forgot(house.client(), "ben_2026")
    assert await opening(house, OLD) == ["reset_password", "reset_password"]


async def test_the_owner_who_is_signed_in_and_reads_the_new_mailbox_makes_it_theirs(office: tuple[House, Staff]) -> None:
    house, master = office
    ben, cho = await a_staff(house, "ben_2026"), await a_staff(house, "cho_2026")
    await give(master, ben)
    assert (await press(house, GIVEN, cho.token)).status_code == 200
    await forgot(house.client(), "ben_2026")
    assert await opening(house, GIVEN) == []
    ben = await signed_in(house, ben.member)
    sent = await ben.client.post("/auth/verify/send", {}, token=ben.token)
    assert sent.status_code == 202, sent.text
    token = (await letter_to(house, GIVEN, "verify_email")).token
    assert (await ben.client.post("/auth/verify", {"token": token}, token=ben.token)).status_code == 200
    await forgot(house.client(), GIVEN)
    assert await opening(house, GIVEN) == ["reset_password"]


async def test_after_a_week_in_which_nobody_took_it_back_a_verified_address_is_theirs(office: tuple[House, Staff]) -> None:
    house, master = office
    ben = await a_staff(house, "ben_2026")
    await give(master, ben)
    await press(house, GIVEN)
    house.clock.advance(days=7)
    await forgot(house.client(), GIVEN)
    assert await opening(house, GIVEN) == ["reset_password"]
    assert (await reset(house.client(), (await letter_to(house, GIVEN, "reset_password")).token)).status_code == 200


async def test_an_address_that_was_mistyped_for_somebody_new_is_corrected_at_once(office: tuple[House, Staff]) -> None:
    house, master = office
    made = await master.done("POST", "/users", {"handle": "new.one", "email": "typo@example.com", "name": "새 사람"})
    await master.done("PATCH", f"/users/{made['id']}", {"email": GIVEN})
    await forgot(house.client(), "new.one")
    assert await opening(house, GIVEN) == ["reset_password"]


async def test_a_sleeping_account_wakes_and_a_locked_one_opens_by_the_old_mailbox(office: tuple[House, Staff]) -> None:
    house, master = office
    ben = await a_staff(house, "ben_2026")
    await give(master, ben)
    for _ in range(6):
        await house.client("198.51.100.7").log_in(ben.member, password="wrong")
    unlock = (await letter_to(house, OLD, "unlock")).token
    assert (await house.client().post("/auth/unlock", {"token": unlock})).status_code == 200
    await becomes(house, ben.member, "sleep")
    await ask_back(house.client(), "ben_2026")
    token = (await letter_to(house, OLD, "restore_asleep")).token
    assert (await house.client().post("/user/restore", {"token": token})).status_code == 200
    assert await opening(house, GIVEN) == []


async def test_a_password_that_is_lent_goes_to_the_old_mailbox_and_is_good_there(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path, identity__recovery="temporary") as (house, master):
        ben = await a_staff(house, "ben_2026")
        await give(master, ben)
        await forgot(house.client(), "ben_2026")
        assert "temporary_password" not in [each.kind for each in await letters_to(house, GIVEN)]
        code = (await letter_to(house, OLD, "temporary_password")).code
        answer = await house.client().log_in(ben.member, password=code)
        assert (answer.status_code, answer.json()["code"]) == (403, "password_change_due")
        assert (await reset(house.client(), answer.json()["reset_token"])).status_code == 200
