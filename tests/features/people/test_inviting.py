"""People who are asked in: by an account that waits for them, or by a letter alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.features.people.administering import Staff, a_staff, an_office, holding, listening, signed_in
from tests.house import House, Member
from tests.mailbox import all_letters, letter_to
from tests.paging import a_page_client

PASSWORD = "Sanho-Bada-83!"
JOHN = {"handle": "john.doe", "email": "john@example.com", "name": "존 도"}
MEMBER = Member(handle="john.doe", email="john@example.com", name="존 도", password=PASSWORD)


async def accepts(house: House, token: str, **more: str) -> httpx2.Response:
    body = {"token": token, "password": PASSWORD, "password_confirm": PASSWORD} | more
    return await house.client().post("/auth/invitation", body)


async def refused(answer: httpx2.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_an_account_that_was_made_gets_its_password_from_its_owner(database_url: str, tmp_path: Path) -> None:
    """Clause 29: no password is chosen by the administrator. Clause 27: the link is random, ends after seven days and works once."""
    async with an_office(database_url, tmp_path) as (house, master):
        ear = listening(house)
        made = await master.done("POST", "/users", JOHN | {"roles": ["user", "auditor"], "password": "Chosen-By-Admin-1!"})
        assert (made["roles"], made["is_verified"], made["status"]) == (["auditor", "user"], False, "NORMAL")
        assert {"account.signup.success", "user.create.success", "user.invite.success"} <= set(ear.names())
        for password in ("Chosen-By-Admin-1!", "", PASSWORD):
            assert (await house.client().log_in(MEMBER, password=password or "x")).status_code == 401
        letter = await letter_to(house, "john@example.com", "account_created")
        assert letter.link == f"{house.settings.core.base_url}/invitation?t={letter.token}" and len(letter.token) == 43
        await refused(await accepts(house, letter.token, password="short", password_confirm="short"), 400, "weak_password")
        answer = await accepts(house, letter.token, handle="other_handle", name="다른 이름")
        assert (answer.status_code, answer.json()["handle"], answer.json()["name"]) == (201, "john.doe", "존 도")
        await refused(await accepts(house, letter.token), 400, "link_invalid")
        john = await signed_in(house, MEMBER)
        assert (await master.done("GET", f"/users/{john.id}"))["is_verified"] is True


async def test_somebody_invited_by_letter_chooses_handle_name_and_password(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path, identity__signup="invite") as (house, master):
        sent = await master.done("POST", "/invitations", {"email": "john@example.com", "roles": ["auditor"], "language": "en"})
        letter = await letter_to(house, "john@example.com", "invitation")
        assert letter.language == "en" and letter.token not in str(sent)
        answer = await accepts(house, letter.token)
        assert answer.status_code == 422 and [each["where"] for each in answer.json()["errors"]] == ["handle", "name"]
        await refused(await accepts(house, letter.token, handle="master_one", name="존 도"), 409, "handle_taken")
        await refused(await accepts(house, letter.token, handle="admin", name="존 도"), 409, "handle_taken")
        await refused(await accepts(house, letter.token, handle="a.b", name="존 도"), 422, "malformed")
        assert (await accepts(house, letter.token, handle="john_doe", name="존 도")).status_code == 201
        john = await signed_in(house, replace(MEMBER, handle="john_doe"))
        seen = await master.done("GET", f"/users/{john.id}")
        assert (seen["email"], seen["roles"], seen["is_verified"]) == ("john@example.com", ["auditor"], True)
        assert (await master.done("GET", "/invitations"))["invitations"] == []


async def test_an_invitation_is_listed_sent_again_and_taken_back(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        for number in range(3):
            await master.done("POST", "/invitations", {"email": f"guest{number}@example.com", "name": "손님"})
            house.clock.advance(seconds=1)
        first = await master.done("GET", "/invitations?limit=2")
        second = await master.done("GET", f"/invitations?limit=2&after={first['next']}")
        assert [each["email"][5] for each in first["invitations"] + second["invitations"]] == ["0", "1", "2"] and second["next"] is None
        old = await letter_to(house, "guest0@example.com", "invitation")
        again = await master.done("POST", f"/invitations/{first['invitations'][0]['id']}/resend")
        new = await letter_to(house, "guest0@example.com", "invitation")
        await refused(await accepts(house, old.token, handle="guest_zero", name="손님"), 400, "link_invalid")
        await master.done("DELETE", f"/invitations/{again['id']}")
        await master.refused(404, "missing", "DELETE", f"/invitations/{again['id']}")
        await refused(await accepts(house, new.token, handle="guest_zero", name="손님"), 400, "link_invalid")
        house.clock.advance(days=7)
        later = await letter_to(house, "guest2@example.com", "invitation")
        await refused(await accepts(house, later.token, handle="guest_two", name="손님"), 400, "link_invalid")


@pytest.mark.parametrize("fall", ["roles", "suspend", "delete"])
async def test_an_invitation_ends_with_the_power_of_whoever_gave_it(database_url: str, tmp_path: Path, fall: str) -> None:
    """Clause 48: whoever was dismissed leaves no door open behind."""
    async with an_office(database_url, tmp_path) as (house, master):
        zoe = await a_staff(house, "zoe_2026", "admin")
        await zoe.done("POST", "/invitations", {"email": "john@example.com", "roles": ["auditor"]})
        letter = await letter_to(house, "john@example.com", "invitation")
        await _falls(master, zoe, fall)
        await refused(await accepts(house, letter.token, handle="john_doe", name="존 도"), 400, "link_invalid")
        listed = (await master.done("GET", "/invitations"))["invitations"]
        await master.done("POST", f"/invitations/{listed[0]['id']}/resend")
        letter = await letter_to(house, "john@example.com", "invitation")
        assert (await accepts(house, letter.token, handle="john_doe", name="존 도")).status_code == 201


async def test_an_inviter_who_lost_the_role_in_question_does_not_give_it_away(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, tmp_path) as (house, master):
        zoe = await a_staff(house, "zoe_2026", "admin")
        await zoe.done("POST", "/invitations", {"email": "john@example.com", "roles": ["auditor"]})
        await master.done("PUT", f"/users/{zoe.id}/roles", {"roles": ["user", "user_admin"]})
        letter = await letter_to(house, "john@example.com", "invitation")
        await refused(await accepts(house, letter.token, handle="john_doe", name="존 도"), 403, "not_yours_to_give")
        assert (await master.done("GET", "/users?q=john_doe"))["users"] == []


async def test_a_user_administrator_makes_ordinary_members(sqlite_url: str, tmp_path: Path) -> None:
    """What sign-up gives everybody is given by the house: one need not hold it."""
    async with an_office(sqlite_url, tmp_path) as (house, _):
        zoe = await a_staff(house, "zoe_2026")
        await holding(house, zoe.id, "user_admin")
        assert (await zoe.done("POST", "/users", JOHN))["roles"] == ["user"]
        await zoe.done("POST", "/invitations", {"email": "guest@example.com"})
        letter = await letter_to(house, "guest@example.com", "invitation")
        assert (await accepts(house, letter.token, handle="guest_one", name="손님")).status_code == 201


async def test_an_address_or_a_handle_is_given_once(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        ben = await a_staff(house, "ben_2026")
        count = len(await all_letters(house))
        await master.refused(409, "email_taken", "POST", "/users", JOHN | {"email": "BEN_2026@example.com"})
        await master.refused(409, "handle_taken", "POST", "/users", JOHN | {"handle": "Ben_2026"})
        await master.refused(409, "email_taken", "POST", "/invitations", {"email": "ben_2026@EXAMPLE.com"})
        for wrong in ({"handle": "a"}, {"handle": "한글"}, {"handle": "a b"}, {"email": "x"}, {"name": "x"}, {"roles": ["a"] * 51}):
            await master.refused(422, "malformed", "POST", "/users", JOHN | wrong)
        assert len(await all_letters(house)) == count
        await master.done("POST", f"/users/{ben.id}/delete", {"reason": "나감"})
        await master.refused(409, "email_taken", "POST", "/users", JOHN | {"email": "ben_2026@example.com"})


async def test_a_new_address_ends_the_link_that_went_to_the_old_one(sqlite_url: str, tmp_path: Path) -> None:
    """Clause 27: the first password is not set from a mailbox that the account has left."""
    async with an_office(sqlite_url, tmp_path) as (house, master):
        made = await master.done("POST", "/users", JOHN)
        letter = await letter_to(house, "john@example.com", "account_created")
        await master.done("PATCH", f"/users/{made['id']}", {"email": "right@example.com"})
        await refused(await accepts(house, letter.token), 400, "link_invalid")


async def test_the_page_of_an_invitation_consumes_nothing_and_then_makes_the_account(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url, tmp_path) as (house, master):
        await master.done("POST", "/invitations", {"email": "john@example.com", "name": "존 도"})
        token = (await letter_to(house, "john@example.com", "invitation")).token
        page = a_page_client(house)
        for _ in range(3):
            opened = await page.open(f"/invitation?t={token}")
            assert opened.status == 200 and "john@example.com" in opened.text
        assert opened.form().fields["name"] == ["존 도"]
        wrong = await page.submit(opened, handle="x", password=PASSWORD, password_confirm="other")
        assert wrong.status == 422 and "4~20자" in wrong.text and "일치하지" in wrong.text
        weak = await page.submit(opened, handle="john_doe", password="short", password_confirm="short")
        assert weak.status == 400 and weak.form().fields["handle"] == ["john_doe"]
        taken = await page.submit(opened, handle="master_one", password=PASSWORD, password_confirm=PASSWORD)
        assert taken.status == 409 and "이미 존재하는 아이디" in taken.text
        done = await page.submit(opened, follow=False, handle="john_doe", password=PASSWORD, password_confirm=PASSWORD)
        assert (done.status, done.answer.headers["location"]) == (303, "/signin?done=invitation")
        assert (await page.open(f"/invitation?t={token}")).status == 400
        await signed_in(house, replace(MEMBER, handle="john_doe"))


async def _falls(master: Staff, whom: Staff, fall: str) -> Any:
    if fall == "roles":
        return await master.done("PUT", f"/users/{whom.id}/roles", {"roles": ["user"]})
    return await master.done("POST", f"/users/{whom.id}/{fall}", {"reason": "해고"})
