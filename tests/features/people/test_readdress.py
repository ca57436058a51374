"""An account gets another mailbox, or its old one back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.people.recovering import NEW, account_of, becomes, user_of, work
from tests.house import Client, House, Member, a_house, a_member, built
from tests.mailbox import letter_to
from tests.paging import a_page_client

OTHER = "ann@new.example"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return house.client()


async def asked(house: House, member: Member, email: str = OTHER, **data: str) -> str:
    """The token that the letter to the new address holds."""
    user = await user_of(house, member)
    links = built(house.app).identity.links
    issued = await work(house, links.issue, "change_email", user_id=user.id, email=email, data=data or None)
    return issued.token.reveal()


async def confirm(client: Client, token: str) -> int:
    return (await client.post("/auth/email/confirm", {"token": token})).status_code


async def undo(client: Client, token: str) -> int:
    return (await client.post("/auth/email/undo", {"token": token})).status_code


async def test_the_letter_to_the_new_address_changes_it_and_the_old_one_is_told(house: House, client: Client) -> None:
    """Clause 25."""
    ann = await a_member(client)
    assert await confirm(client, token := await asked(house, ann)) == 200
    account = await account_of(house, ann)
    assert (account.email, account.email_verified) == (OTHER, True)
    told = await letter_to(house, ann.email, "email_changed")
    assert OTHER in told.text
    assert await confirm(client, token) == 400


async def test_the_session_that_asked_stays_and_the_others_end(house: House, client: Client) -> None:
    ann = await a_member(client)
    asking, other = [(await client.log_in(ann)).json()["access_token"] for _ in range(2)]
    user = await user_of(house, ann)
    newest, oldest = await built(house.app).visit("test").read(built(house.app).sessions.sessions_of, user.id)
    status = {True: 0, False: 0}
    assert await confirm(house.client("198.51.100.7"), await asked(house, ann, session=oldest.id)) == 200
    for token in (asking, other):
        status[(await client.get("/me", token=token)).status_code == 200] += 1
    assert status == {True: 1, False: 1}
    assert newest.id != oldest.id


async def test_an_address_that_somebody_took_meanwhile_is_refused_and_the_link_stays(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await asked(house, ann, "bob@example.com")
    await a_member(client, handle="bob_2026", email="bob@example.com")
    assert await confirm(client, token) == 409
    assert (await account_of(house, ann)).email == ann.email


async def test_whoever_reads_the_old_mailbox_takes_the_account_back_and_chooses_a_password(house: House, client: Client) -> None:
    """Clause 43: everybody is signed out, a thief too."""
    ann = await a_member(client)
    await confirm(client, await asked(house, ann, "thief@example.com"))
    thief = (await client.log_in(ann)).json()
    letter = await letter_to(house, ann.email, "email_changed")
    browser = a_page_client(house, "198.51.100.7")
    page = await browser.submit(await browser.open(f"/email/undo?t={letter.token}"))
    assert (page.status, page.path.startswith("/reset?t=")) == (200, True)
    assert (await client.refresh(thief["refresh_token"])).status_code == 401
    page = await browser.submit(page, "password", follow=False, password=NEW, password_confirm=NEW)
    assert page.answer.headers["location"] == "/signin?done=password_reset"
    assert (await client.log_in(ann)).status_code == 401
    assert (await client.log_in(ann, password=NEW)).status_code == 200
    assert (await account_of(house, ann)).email == ann.email
    assert (await letter_to(house, ann.email, "email_restored")).user_id


async def test_a_second_change_by_a_thief_does_not_take_the_way_back(house: House, client: Client) -> None:
    ann = await a_member(client)
    await confirm(client, await asked(house, ann, "thief@example.com"))
    house.clock.advance(seconds=1)
    await confirm(client, await asked(house, ann, "thief2@example.com"))
    owner = (await letter_to(house, ann.email, "email_changed")).token
    thief = (await letter_to(house, "thief@example.com", "email_changed")).token
    assert await undo(client, thief) == 200
    assert await undo(client, owner) == 200
    assert (await account_of(house, ann)).email == ann.email


async def test_an_account_that_the_thief_deleted_leads_on_to_bringing_it_back(house: House, client: Client) -> None:
    ann = await a_member(client)
    await confirm(client, await asked(house, ann, "thief@example.com"))
    await becomes(house, ann, "delete")
    browser = a_page_client(house)
    letter = await letter_to(house, ann.email, "email_changed")
    page = await browser.submit(await browser.open(f"/email/undo?t={letter.token}"))
    assert page.path == "/restore?done=email_undone"
    await browser.submit(page, "login", login=ann.email)
    back = await letter_to(house, ann.email, "restore")
    await browser.submit(await browser.open(f"/restore?t={back.token}"))
    assert (await account_of(house, ann)).status == "NORMAL"


async def test_the_way_back_is_open_for_a_week(house: House, client: Client) -> None:
    ann = await a_member(client)
    await confirm(client, await asked(house, ann, "thief@example.com"))
    token = (await letter_to(house, ann.email, "email_changed")).token
    house.clock.advance(days=7)
    assert await undo(client, token) == 400
