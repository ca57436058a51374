"""Somebody shows that the mailbox of their account is theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.people.recovering import a_verified_member, account_of, becomes
from tests.house import House, a_house, a_member
from tests.mailbox import letter_to, letters_to
from tests.paging import a_page_client


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


async def test_who_is_signed_in_asks_for_the_letter_and_its_link_verifies(house: House) -> None:
    client = house.client()
    ann = await a_member(client)
    token = (await client.log_in(ann)).json()["access_token"]
    assert (await client.post("/auth/verify/send", {}, token=token)).status_code == 202
    letter = await letter_to(house, ann.email, "verify_email")
    assert "/verify?t=" in (letter.link or "")
    assert letter.code is None  # no browser asked, so there is none to type it in
    assert (await client.post("/auth/verify", {"token": letter.token})).status_code == 200
    assert (await account_of(house, ann)).email_verified
    again = await client.post("/auth/verify/send", {}, token=token)
    assert (again.status_code, again.json()["code"]) == (409, "already_verified")


async def test_a_link_opens_in_the_browser_that_asked_and_its_code_there_alone(house: House) -> None:
    """Clause 34."""
    ann = await a_member(house.client())
    asking, other = a_page_client(house), a_page_client(house, "198.51.100.7")
    await asking.submit(await asking.open("/verify"), "login", login=ann.email)
    letter = await letter_to(house, ann.email, "verify_email")
    elsewhere = await other.submit(await other.open(f"/verify?t={letter.token}"))
    assert (elsewhere.status, "요청한 브라우저" in elsewhere.text) == (400, True)
    assert not (await account_of(house, ann)).email_verified
    stranger = await other.submit(await other.open("/verify"), "code", code=letter.code or "")
    assert stranger.status == 400
    code = letter.code or ""
    done = await asking.submit(await asking.open("/verify"), "code", code=f"{code[:4]} {code[4:]}")
    assert (done.status, done.path) == (200, "/verify?done=verified")
    assert (await account_of(house, ann)).email_verified


async def test_after_five_wrong_codes_the_right_one_is_too_late(house: House) -> None:
    """Clause 35."""
    ann = await a_member(house.client())
    asking = a_page_client(house)
    await asking.submit(await asking.open("/verify"), "login", login=ann.email)
    letter = await letter_to(house, ann.email, "verify_email")
    wrong = "0" * 8 if letter.code != "0" * 8 else "1" * 8
    page = await asking.open("/verify")
    for _ in range(5):
        page = await asking.submit(page, "code", code=wrong)
        assert "코드가 올바르지 않습니다" in page.text
    page = await asking.submit(page, "code", code=letter.code or "")
    assert page.status == 400
    assert not (await account_of(house, ann)).email_verified


async def test_a_program_with_the_cookie_of_a_browser_needs_its_proof_too(house: House) -> None:
    """Clause 16."""
    ann = await a_member(house.client())
    browser = a_page_client(house)
    await browser.submit(await browser.open("/signin"), "password", follow=False, user_id=ann.handle, password=ann.password)
    answer = await browser.http.post("/auth/verify/send", json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_due")
    assert [each for each in await letters_to(house, ann.email) if each.kind == "verify_email"][1:] == []


async def test_a_link_to_an_address_that_the_account_has_left_verifies_nothing(house: House) -> None:
    client = house.client()
    ann = await a_member(client)
    await client.post("/auth/verify/send", {"email": ann.email})
    token = (await letter_to(house, ann.email, "verify_email")).token
    await becomes(house, ann, "ban")
    assert (await client.post("/auth/verify", {"token": token})).json()["code"] == "link_invalid"


async def test_who_is_verified_gets_no_letter_and_the_same_answer(house: House) -> None:
    client = house.client()
    ann = await a_verified_member(house, client)
    before = len(await letters_to(house, ann.email))
    assert (await client.post("/auth/verify/send", {"email": ann.email})).status_code == 202
    assert len(await letters_to(house, ann.email)) == before


@pytest.mark.parametrize("body", [{}, {"token": "x", "code": "12345678"}, {"token": "x" * 513}])
async def test_what_is_neither_a_token_nor_a_code_is_malformed(house: House, body: dict[str, str]) -> None:
    assert (await house.client().post("/auth/verify", body)).status_code == 422
