"""An owner opens their account again after strangers have failed at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.people.recovering import user_of, work
from tests.house import Client, House, Member, a_house, a_member, built
from tests.mailbox import all_letters


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


async def an_unlock_token(house: House, member: Member) -> str:
    user = await user_of(house, member)
    issued = await work(house, built(house.app).identity.links.issue, "unlock", user_id=user.id, email=user.email)
    return issued.token.reveal()


async def shut(house: House, member: Member) -> None:
    for number in range(5):
        await house.client(f"198.51.100.{number}").log_in(member, password="Wrong-Password-1!")
    assert (await house.client().log_in(member)).status_code == 429


async def unlock(client: Client, token: str) -> int:
    return (await client.post("/auth/unlock", {"token": token})).status_code


async def test_the_link_lets_new_devices_in_again_once(house: House) -> None:
    """Clause 20: strangers cannot keep an owner out who reads their mail."""
    client = house.client()
    ann = await a_member(client)
    await shut(house, ann)
    token = await an_unlock_token(house, ann)
    assert await unlock(client, token) == 200
    assert (await client.log_in(ann)).status_code == 200
    await shut(house, ann)
    assert await unlock(client, token) == 400
    assert (await house.client().log_in(ann)).status_code == 429


async def test_a_hundred_failures_in_a_row_are_forgiven_by_the_link(database_url: str, tmp_path: Path) -> None:
    """Clause 9."""
    async with a_house(database_url, tmp_path, identity__login_streak="3") as house:
        client = house.client()
        ann = await a_member(client)
        for number in range(3):
            await house.client(f"198.51.100.{number}").log_in(ann, password="Wrong-Password-1!")
        house.clock.advance(days=400)
        assert (await client.log_in(ann)).json()["code"] == "account_locked"
        assert await unlock(client, await an_unlock_token(house, ann)) == 200
        assert (await client.log_in(ann)).status_code == 200


async def test_an_unlock_link_tells_nobody_else_and_an_unknown_one_opens_nothing(house: House) -> None:
    ann = await a_member(house.client())
    await shut(house, ann)
    assert await unlock(house.client(), "no-token") == 400
    assert (await house.client().log_in(ann)).status_code == 429
    assert {each.to for each in await all_letters(house)} <= {ann.email}
