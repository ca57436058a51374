"""A password is forgotten, and chosen anew by a letter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.people.recovering import NEW, a_reset_token, account_of, becomes, forgot, reset
from tests.house import Client, House, Member, a_house, a_member
from tests.mailbox import letter_to, letters_to


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return house.client()


async def kinds(house: House, member: Member) -> list[str]:
    return [each.kind for each in await letters_to(house, member.email)]


async def test_a_forgotten_password_is_chosen_anew_by_a_letter(house: House, client: Client) -> None:
    """Clause 25: the owner is told. Clause 28: a reset signs nobody in, so whoever has a second factor still needs it."""
    ann = await a_member(client)
    answer = await reset(client, await a_reset_token(house, client, ann))
    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    assert (await client.log_in(ann)).status_code == 401
    assert (await client.log_in(ann, password=NEW)).status_code == 200
    assert (await kinds(house, ann))[-1] == "password_changed"


async def test_the_handle_will_do_as_well(house: House, client: Client) -> None:
    ann = await a_member(client)
    assert (await client.post("/auth/password/forgot", {"user_id": ann.handle.upper()})).status_code == 202
    assert (await letter_to(house, ann.email, "reset_password")).link is not None


async def test_a_weak_password_is_refused_with_reasons_and_the_link_stays_good(house: House, client: Client) -> None:
    """Clause 6."""
    ann = await a_member(client)
    token = await a_reset_token(house, client, ann)
    weak = await reset(client, token, "Ann_2026!")
    assert weak.status_code == 400
    assert [each["code"] for each in weak.json()["errors"]] == ["password_contains_name"]
    assert (await reset(client, token, NEW, "Something-Else-1!")).status_code == 422
    assert (await reset(client, token)).status_code == 200


async def test_a_link_works_once_and_for_ten_minutes_and_a_newer_one_ends_it(house: House, client: Client) -> None:
    """Clauses 30 and 32."""
    ann = await a_member(client)
    older = await a_reset_token(house, client, ann)
    token = await a_reset_token(house, client, ann)
    assert (await reset(client, older)).json()["code"] == "link_invalid"
    assert (await reset(client, token)).status_code == 200
    assert (await reset(client, token, "Byeol-Bit-90-Na!")).json()["code"] == "link_invalid"
    late = await a_reset_token(house, client, ann)
    house.clock.advance(minutes=10)
    assert (await reset(client, late, "Byeol-Bit-90-Na!")).json()["code"] == "link_invalid"


async def test_of_two_who_use_a_link_at_once_one_does(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await a_reset_token(house, client, ann)
    answers = await asyncio.gather(*(reset(client, token, password) for password in (NEW, "Byeol-Bit-90-Na!")))
    assert sorted(each.status_code for each in answers) == [200, 400]


async def test_a_reset_ends_every_session_and_shows_that_the_mailbox_is_theirs(house: House, client: Client) -> None:
    """Clause 69."""
    ann = await a_member(client)
    pair = (await client.log_in(ann)).json()
    assert (await reset(client, await a_reset_token(house, client, ann))).status_code == 200
    assert (await client.get("/me", token=pair["access_token"])).status_code == 401
    assert (await client.refresh(pair["refresh_token"])).status_code == 401
    assert (await account_of(house, ann)).email_verified


async def test_a_reset_opens_an_account_that_strangers_have_shut(house: House, client: Client) -> None:
    ann = await a_member(client)
    for number in range(5):
        await house.client(f"198.51.100.{number}").log_in(ann, password="Wrong-Password-1!")
    assert (await client.log_in(ann)).status_code == 429
    assert (await reset(client, await a_reset_token(house, client, ann))).status_code == 200
    assert (await client.log_in(ann, password=NEW)).status_code == 200


@pytest.mark.parametrize(("sleep_wake", "status"), [("login", "NORMAL"), ("email", "SLEEP")])
async def test_a_reset_wakes_a_sleeper_unless_only_the_letter_of_waking_may(
    sleep_wake: str, status: str, database_url: str, tmp_path: Path
) -> None:
    async with a_house(database_url, tmp_path, identity__sleep_wake=sleep_wake) as house:
        client = house.client()
        ann = await a_member(client)
        await becomes(house, ann, "sleep")
        answer = await reset(client, await a_reset_token(house, client, ann))
        assert answer.status_code == 200
        assert (await account_of(house, ann)).status == status
        assert ("account_awake" in await kinds(house, ann)) == (status == "NORMAL")


async def test_who_is_suspended_or_gone_is_told_what_can_be_done_instead(house: House, client: Client) -> None:
    ann = await a_member(client)
    bob = await a_member(client, handle="bob_2026", email="bob@example.com")
    cyd = await a_member(client, handle="cyd_2026", email="cyd@example.com")
    await becomes(house, ann, "ban")
    await becomes(house, bob, "delete")
    await becomes(house, cyd, "delete")
    for member in (ann, bob):
        assert (await forgot(client, member.email)).status_code == 202
    house.clock.advance(days=31)
    assert (await forgot(client, cyd.email)).status_code == 202
    letters = {each: await letters_to(house, each.email) for each in (ann, bob, cyd)}
    assert [letters[each][-1].kind for each in (ann, bob, cyd)] == ["recovery_by_admin", "restore", "recovery_by_admin"]
    assert letters[ann][-1].link is None


async def test_a_link_that_was_made_before_a_suspension_opens_nothing_after_it(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await a_reset_token(house, client, ann)
    await becomes(house, ann, "ban")
    assert (await reset(client, token)).json()["code"] == "link_invalid"


async def test_after_five_letters_in_an_hour_no_more_come_and_nobody_is_told(house: House, client: Client) -> None:
    ann = await a_member(client)
    answers = [await forgot(client, ann.email) for _ in range(7)]
    assert {(each.status_code, each.json()["message"]) for each in answers} == {(202, answers[0].json()["message"])}
    assert (await kinds(house, ann)).count("reset_password") == 5
    house.clock.advance(hours=1)
    assert (await forgot(client, ann.email)).status_code == 202
    assert (await kinds(house, ann)).count("reset_password") == 6


async def test_an_address_that_asks_for_everybody_is_told_to_wait(house: House, client: Client) -> None:
    answers = [(await forgot(client, f"somebody{number}@example.com")).status_code for number in range(21)]
    assert answers == [202] * 20 + [429]


async def test_where_passwords_are_lent_the_letter_brings_one(database_url: str, tmp_path: Path) -> None:
    """Clause 27."""
    async with a_house(database_url, tmp_path, identity__recovery="temporary") as house:
        client = house.client()
        ann = await a_member(client)
        assert (await forgot(client, ann.email)).status_code == 202
        letter = await letter_to(house, ann.email, "temporary_password")
        assert letter.link is None
        assert letter.code is not None
        assert letter.code in letter.text
        assert (await client.log_in(ann)).status_code == 200  # the own one is good as before
        lent = await client.log_in(ann, password=letter.code)
        assert "access_token" not in lent.json()


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_the_answer_is_in_the_readers_language_and_the_letter_in_the_owners(house: House, language: str) -> None:
    ann = await a_member(house.client(**{"accept-language": "ko"}))
    answer = await forgot(house.client(**{"accept-language": language}), ann.email)
    assert ("편지" in answer.json()["message"]) == (language == "ko")
    assert (await letter_to(house, ann.email, "reset_password")).language == "ko"
