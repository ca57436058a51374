"""The three ways to become a member: at once, by mail without a word about who is one, and by invitation only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from tests.features.signin.rooms import becomes, hearing, kinds, links_of, names, person, posted, token_of
from tests.house import House, Member, a_house, a_member, built
from tests.mailbox import letter_to
from tests.paging import a_page_client

from daemun.core.circumstance import Circumstance
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer

BOB = Member(handle="bob_2026", email="bob@example.com", name="박보검")
THIEF = Member(handle="thief_1", email=BOB.email, password="Evil-Knows-93!")


@pytest.fixture
async def private(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path, identity__signup="private") as opened:
        yield opened


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path) as opened:
        yield opened


async def finished(house: House, member: Member = BOB) -> None:
    """A member of a private house."""
    assert (await house.client().sign_up(member)).status_code == 202
    answer = await finish(house, token_of((await posted(house, "signup_finish"))[-1]), member.password)
    assert answer.status_code == 201, answer.text


async def finish(house: House, token: str, password: str = BOB.password, **more: str) -> httpx2.Response:
    """By a program, which has no cookie that its link could be bound to."""
    return await house.client().post("/auth/signup/finish", {"token": token, "password": password, "password_confirm": password, **more})


async def test_signing_up_posts_a_letter_that_verifies_the_address(house: House) -> None:
    await a_member(house.client())
    (letter,) = await posted(house, "verify_email")
    assert (letter.to, letter.code) == ("ann@example.com", None)
    assert letter.link is not None
    assert letter.link.reveal().startswith("http://localhost:8000/verify?t=")


async def test_who_is_refused_causes_no_letter(house: House) -> None:
    await a_member(house.client())
    for each in (Member(), Member(handle="somebody"), Member(handle="x_y_z", email="x@example.com", password="weak")):
        assert (await house.client().sign_up(each)).status_code in (400, 409)
    assert await kinds(house) == ["verify_email"]


async def test_a_private_house_answers_everybody_alike(private: House) -> None:
    """Clause 26: ASVS 5.0 6.3.8."""
    await finished(private)
    answers, heard = [], hearing(private)
    for each in (Member(), BOB, Member(handle="bob_2026", email="other@example.com"), Member(handle="new_one", email=BOB.email)):
        before = len(await kinds(private)), await links_of(private, "signup")
        answer = await private.client().sign_up(each)
        after = len(await kinds(private)), await links_of(private, "signup")
        told = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
        answers.append((answer.status_code, answer.text, told, after[0] - before[0], after[1] - before[1]))
    assert all(each == answers[0] for each in answers)
    assert answers[0][0] == 202
    assert names(heard) == ["account.signup_request.success"] * 4


async def test_what_is_wrong_with_the_form_or_the_password_is_told_in_a_private_house_too(private: House) -> None:
    await finished(private)
    for email in (BOB.email, "new@example.com"):
        weak = await private.client().sign_up(Member(email=email, password="abc"))
        assert (weak.status_code, weak.json()["code"]) == (400, "weak_password")
    assert (await private.client().post("/auth/signup", Member().form | {"agree": False})).status_code == 422


async def test_the_letter_makes_the_account_and_its_address_is_verified(private: House) -> None:
    assert (await private.client().sign_up(BOB)).status_code == 202
    assert (await private.client().log_in(BOB)).status_code == 401
    letter = await letter_to(private, BOB.email, "signup_finish")
    assert letter.link == f"http://localhost:8000/signup/finish?t={letter.token}"
    assert "박보검 님" in letter.text
    answer = await finish(private, letter.token)
    assert answer.status_code == 201
    assert (answer.json()["user_id"], answer.json()["is_verified"]) == ("bob_2026", True)
    assert (await person(private, "bob_2026")).email_verified
    assert (await private.client().log_in(BOB)).status_code == 200
    again = await finish(private, letter.token)
    assert (again.status_code, again.json()["code"]) == (400, "link_invalid")


async def test_the_owner_of_a_taken_address_is_told_and_nothing_else_changes(private: House) -> None:
    await finished(private)
    thief = Member(handle="thief_1", email="BOB@example.com", password="Haneul-Gureum-81!")
    assert (await private.client().sign_up(thief)).status_code == 202
    letter = await letter_to(private, BOB.email, "signup_taken")
    assert "bob_2026 계정" in letter.text
    assert (await private.client().log_in(BOB)).status_code == 200
    assert (await private.client().log_in(thief)).status_code == 401


async def test_who_left_a_short_time_ago_is_led_back_to_what_they_had(private: House) -> None:
    await finished(private)
    await becomes(private, "delete", "bob_2026")
    assert (await private.client().sign_up(BOB)).status_code == 202
    (letter,) = await posted(private, "restore")
    assert letter.to == BOB.email


async def test_a_handle_that_was_taken_meanwhile_is_exchanged_at_the_end(private: House) -> None:
    first, second = BOB, Member(handle="bob_2026", email="second@example.com")
    for each in (first, second):
        assert (await private.client().sign_up(each)).status_code == 202
    one, two = [(await letter_to(private, each.email, "signup_finish")).token for each in (first, second)]
    assert (await finish(private, one)).status_code == 201
    taken = await finish(private, two)
    assert (taken.status_code, taken.json()["code"]) == (409, "handle_taken")
    assert (await finish(private, two, user_id="no")).status_code == 422
    changed = await finish(private, two, user_id="bob_2027")
    assert (changed.status_code, changed.json()["user_id"]) == (201, "bob_2027")


async def test_an_address_that_was_taken_meanwhile_opens_nothing(private: House) -> None:
    await private.client().sign_up(BOB)
    token = token_of((await posted(private, "signup_finish"))[0])
    made = built(private.app)
    faster = Newcomer("faster_1", BOB.email, "빠른이", Secret(""))
    await made.database.work(lambda work: made.identity.join(work, faster, "x", role="user"), Circumstance())
    answer = await finish(private, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "link_invalid")


async def test_who_asked_with_the_address_of_another_gets_in_by_no_click_of_theirs(private: House) -> None:
    """Clause 34: a link that no browser asked for takes over no password: whoever asked knows that one."""
    assert (await private.client("198.51.100.7").sign_up(THIEF)).status_code == 202
    token = (await letter_to(private, BOB.email, "signup_finish")).token
    pressed = await private.client().post("/auth/signup/finish", {"token": token})
    (flaw,) = pressed.json()["errors"]
    assert (pressed.status_code, flaw["where"], flaw["code"]) == (422, "password", "field_missing")
    assert (await private.client("198.51.100.7").log_in(THIEF)).status_code == 401
    assert (await finish(private, token, "Haneul-Gureum-81!")).status_code == 201
    assert (await private.client("198.51.100.7").log_in(THIEF)).status_code == 401
    assert (await private.client().log_in(THIEF, password="Haneul-Gureum-81!")).status_code == 200


async def test_on_the_page_too_the_reader_of_such_a_letter_chooses_the_password(private: House) -> None:
    """Clause 34."""
    assert (await private.client("198.51.100.7").sign_up(THIEF)).status_code == 202
    token, browser = (await letter_to(private, BOB.email, "signup_finish")).token, a_page_client(private)
    page = await browser.open(f"/signup/finish?t={token}")
    page = await browser.submit(page)
    assert (page.status, "필수" in page.text) == (422, True)
    page = await browser.submit(page, password="Haneul-Gureum-81!", password_confirm="Byeol-Bit-90-Na!")
    assert (page.status, "비밀번호가 일치하지 않습니다" in page.text) == (422, True)
    page = await browser.submit(page, password="bob", password_confirm="bob")
    assert page.status == 400
    page = await browser.submit(page, user_id="bob_2026", password="Haneul-Gureum-81!", password_confirm="Haneul-Gureum-81!")
    assert (page.status, page.path) == (200, "/signin?done=signup_finished")
    assert (await private.client().log_in(BOB, password="Haneul-Gureum-81!")).status_code == 200
    assert (await private.client("198.51.100.7").log_in(THIEF)).status_code == 401


@pytest.mark.parametrize("password", ["weak", "Bob_2026!", "Password123!"])
async def test_a_password_that_is_chosen_at_the_end_is_judged_and_the_link_stays_good(private: House, password: str) -> None:
    """Clause 6."""
    await private.client().sign_up(BOB)
    token = (await letter_to(private, BOB.email, "signup_finish")).token
    weak = await finish(private, token, password)
    assert (weak.status_code, weak.json()["code"]) == (400, "weak_password")
    assert (await finish(private, token)).status_code == 201


async def test_a_password_that_will_not_be_used_is_not_kept(private: House) -> None:
    await private.client().sign_up(BOB)
    made, letter = built(private.app), await letter_to(private, BOB.email, "signup_finish")
    link = await made.database.read(lambda tx: made.identity.links.look(tx, "signup", Secret(letter.token)))
    assert link is not None
    assert (link.is_bound, sorted(link.data)) == (False, ["handle", "name"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x", "code": "12345678"},
        {"token": 5},
        {"code": None},
        {"code": "12345678", "password": BOB.password, "password_confirm": BOB.password},
        {"token": "x", "password": BOB.password},
    ],
)
async def test_finishing_takes_a_token_or_a_code(private: House, body: dict[str, object]) -> None:
    assert (await private.client().post("/auth/signup/finish", body)).status_code == 422


@pytest.mark.parametrize("body", [{"token": "x"}, {"code": "12345678"}, {"token": "한글"}])
async def test_what_is_no_link_finishes_nothing(private: House, body: dict[str, object]) -> None:
    answer = await private.client().post("/auth/signup/finish", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "link_invalid")


async def test_a_mailbox_is_not_flooded_by_those_who_type_it_in(private: House) -> None:
    answers = [(await private.client(f"198.51.100.{number}").sign_up(BOB)).status_code for number in range(8)]
    assert answers == [202] * 8
    assert len(await posted(private, "signup_finish")) == 5


async def test_an_open_house_floods_no_mailbox_either_by_whichever_spelling(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        for number in range(8):
            who = Member(handle=f"user_{number}", email=f"bo.b+{number}@example.com", name="박보검")
            assert (await house.client(f"198.51.100.{number}").sign_up(who)).status_code == 201
        assert (len(await posted(house, "verify_email")), await links_of(house, "verify")) == (5, 5)
        assert (await house.client().log_in(who)).status_code == 200
        house.clock.advance(hours=1)
        assert (await house.client().post("/auth/verify/send", {"email": who.email})).status_code == 202
        assert (await posted(house, "verify_email"))[-1].to == who.email


async def test_in_the_browser_that_asked_a_code_finishes_it_and_elsewhere_the_link_does_not(private: House) -> None:
    """Clause 34: ASVS 5.0 6.6.2."""
    browser, elsewhere = a_page_client(private), a_page_client(private)
    page = await browser.open("/signup")
    page = await browser.submit(page, **BOB.form)
    assert (page.status, page.path) == (200, "/signup/finish?done=signup_letter")
    letter = await letter_to(private, BOB.email, "signup_finish")
    assert letter.code is not None
    other = await elsewhere.open(f"/signup/finish?t={letter.token}")
    refused = await elsewhere.submit(other)
    assert (refused.status, "8자리 코드" in refused.text) == (400, True)
    wrong = await browser.submit(page, code=f"{(int(letter.code) + 1) % 10**8:08d}")
    assert wrong.status == 400
    done = await browser.submit(wrong, code=f"{letter.code[:4]} {letter.code[4:]}")
    assert (done.status, done.path) == (200, "/signin?done=signup_finished")
    assert (await private.client().log_in(BOB)).status_code == 200


async def test_five_wrong_codes_end_the_link(private: House) -> None:
    """Clause 35: ASVS 5.0 6.6.3."""
    browser = a_page_client(private)
    page = await browser.submit(await browser.open("/signup"), **BOB.form)
    letter = await letter_to(private, BOB.email, "signup_finish")
    assert letter.code is not None
    for _ in range(5):
        page = await browser.submit(page, code=f"{(int(letter.code) + 1) % 10**8:08d}")
    assert (await browser.submit(page, code=letter.code)).status == 400
    assert (await private.client().log_in(BOB)).status_code == 401


async def test_looking_at_the_link_uses_nothing_up(private: House) -> None:
    browser = a_page_client(private)
    await browser.submit(await browser.open("/signup"), **BOB.form)
    letter = await letter_to(private, BOB.email, "signup_finish")
    for _ in range(3):
        page = await browser.open(f"/signup/finish?t={letter.token}")
    assert page.form().fields["user_id"] == ["bob_2026"]
    assert (await browser.submit(page)).path == "/signin?done=signup_finished"
    assert (await browser.open(f"/signup/finish?t={letter.token}")).status == 400


@pytest.mark.parametrize("path", ["/auth/signup"])
async def test_where_only_invitations_count_nobody_signs_up(sqlite_url: str, tmp_path: Path, path: str) -> None:
    async with a_house(sqlite_url, tmp_path, identity__signup="invite") as house:
        assert (await house.client().sign_up(BOB)).json()["code"] == "signup_closed"
        browser = a_page_client(house)
        assert (await browser.open("/signup")).status == 403
        assert "회원가입" not in (await browser.open("/signin")).links
