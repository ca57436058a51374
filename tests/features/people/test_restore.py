"""Somebody wants an account back that was deleted or has fallen asleep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.people.recovering import account_of, ask_back, becomes, come_back
from tests.house import Client, House, a_house, a_member
from tests.mailbox import letter_to, letters_to


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return house.client()


async def test_a_deleted_account_comes_back_within_thirty_days(house: House, client: Client) -> None:
    ann = await a_member(client)
    await becomes(house, ann, "delete")
    house.clock.advance(days=29, hours=23)
    assert (await ask_back(client, ann.email)).status_code == 202
    answer = await come_back(client, (await letter_to(house, ann.email, "restore")).token)
    assert (answer.status_code, answer.json()["status"]) == (200, "NORMAL")
    assert (await letter_to(house, ann.email, "account_restored")).user_id == (await account_of(house, ann)).id
    assert (await client.log_in(ann)).status_code == 200


async def test_a_sleeping_account_wakes_by_the_letter(house: House, client: Client) -> None:
    ann = await a_member(client)
    await becomes(house, ann, "sleep")
    assert (await ask_back(client, ann.handle)).status_code == 202
    token = (await letter_to(house, ann.email, "restore_asleep")).token
    assert (await come_back(client, token)).json()["status"] == "NORMAL"
    assert (await come_back(client, token)).json()["code"] == "link_invalid"
    assert [each.kind for each in await letters_to(house, ann.email)][-1] == "account_awake"


async def test_who_was_suspended_before_comes_back_suspended(house: House, client: Client) -> None:
    ann = await a_member(client)
    await becomes(house, ann, "ban", "delete")
    await ask_back(client, ann.email)
    answer = await come_back(client, (await letter_to(house, ann.email, "restore")).token)
    assert (answer.status_code, answer.json()["status"]) == (200, "BANNED")
    assert "정지는 그대로" in answer.json()["message"]


async def test_after_thirty_days_only_an_administrator_can_help(house: House, client: Client) -> None:
    ann = await a_member(client)
    await becomes(house, ann, "delete")
    house.clock.advance(days=29, hours=12)
    await ask_back(client, ann.email)
    token = (await letter_to(house, ann.email, "restore")).token
    house.clock.advance(hours=12)
    assert (await come_back(client, token)).json()["code"] == "link_invalid"
    await ask_back(client, ann.email)
    assert (await letter_to(house, ann.email, "recovery_by_admin")).link is None


async def test_who_needs_nothing_is_told_so_and_who_is_suspended_whom_to_ask(house: House, client: Client) -> None:
    ann = await a_member(client)
    bob = await a_member(client, handle="bob_2026", email="bob@example.com")
    await becomes(house, bob, "ban")
    for each in (ann, bob):
        assert (await ask_back(client, each.email)).status_code == 202
    assert (await letter_to(house, ann.email, "restore_not_needed")).link == "http://localhost:8000/signin"
    assert (await letter_to(house, bob.email, "recovery_by_admin")).link is None


async def test_a_link_does_nothing_for_an_account_that_is_back_already(house: House, client: Client) -> None:
    ann = await a_member(client)
    await becomes(house, ann, "delete")
    await ask_back(client, ann.email)
    token = (await letter_to(house, ann.email, "restore")).token
    await becomes(house, ann, "restore")
    assert (await come_back(client, token)).json()["code"] == "link_invalid"


async def test_coming_back_does_not_show_whose_mailbox_it_is(house: House, client: Client) -> None:
    """Whoever signed up with somebody else's address knows the password still: a click of the other one must not vouch for them."""
    ann = await a_member(client)
    await becomes(house, ann, "delete")
    await ask_back(client, ann.email)
    await come_back(client, (await letter_to(house, ann.email, "restore")).token)
    assert not (await account_of(house, ann)).email_verified


@pytest.mark.parametrize("body", [{}, {"token": "x", "email": "ann@example.com"}])
async def test_what_is_neither_an_address_nor_a_token_is_malformed(client: Client, body: dict[str, str]) -> None:
    assert (await client.post("/user/restore", body)).status_code == 422
