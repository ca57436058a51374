"""Coming in, going out and proving it again by pages, as a browser without scripts does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.features.signin.rooms import WRONG, becomes, from_, hearing, kinds, lent, names, person, posted
from tests.house import House, Member, a_house, a_member, built
from tests.paging import Page, PageClient, a_page_client

from daemun.core.circumstance import Circumstance

ANN = Member()


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        await a_member(opened.client())
        yield opened


async def signed_in(browser: PageClient, *, path: str = "/signin", password: str = ANN.password, **fields: Any) -> Page:
    return await browser.submit(await browser.open(path), follow=False, user_id=ANN.handle, password=password, **fields)


async def status(browser: PageClient) -> int:
    return (await browser.open("/me")).status


def set_cookies(page: Page) -> dict[str, str]:
    return {each.partition("=")[0]: each for each in page.answer.headers.get_list("set-cookie")}


async def test_signing_in_gives_a_session_and_makes_the_device_known(house: House) -> None:
    """Clause 17: NIST SP 800-63B-4 5.1.1."""
    browser, heard = a_page_client(house), hearing(house)
    page = await signed_in(browser)
    assert (page.status, page.answer.headers["location"]) == (303, "/account")
    cookies = set_cookies(page)
    assert cookies.keys() == {"daemun", "daemun-device"}
    assert cookies["daemun"].endswith("; Path=/; SameSite=Strict; HttpOnly")  # goes when the browser is closed
    assert "Max-Age=34560000" in cookies["daemun-device"]
    assert await status(browser) == 200
    assert names(heard) == ["device.add.success", "auth.login.success"]
    assert page.answer.headers["ratelimit-policy"].startswith('"account";q=5;w=900')


async def test_remember_me_keeps_the_cookie_for_thirty_days(house: House) -> None:
    page = await signed_in(a_page_client(house), remember=True)
    assert "Max-Age=2592000" in set_cookies(page)["daemun"]


@pytest.mark.parametrize("login", ["ann_2026", "ANN@example.com"])
async def test_by_handle_or_by_email(house: House, login: str) -> None:
    browser = a_page_client(house)
    page = await browser.submit(await browser.open("/signin"), follow=False, user_id=login, password=ANN.password)
    assert page.status == 303


@pytest.mark.parametrize(
    ("handle", "password"), [("ann_2026", WRONG), ("nobody_here", WRONG), ("", ""), ("x" * 254, "y"), ("ann_2026", "z" * 4097)]
)
async def test_a_wrong_try_keeps_the_name_and_never_the_password(house: House, handle: str, password: str) -> None:
    """Clause 26: ASVS 5.0 6.3.8."""
    browser = a_page_client(house)
    page = await browser.submit(await browser.open("/signin?next=/account/sessions"), user_id=handle, password=password, remember=True)
    assert page.status == 401
    assert "아이디 또는 비밀번호가 올바르지 않습니다." in page.text
    assert page.form().fields["user_id"] == [handle]
    assert page.form().fields["password"] == [""]
    assert page.form().fields["next"] == ["/account/sessions"]
    assert "remember" in page.form().fields
    assert not password or f'"{password}"' not in page.html


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/account/sessions", "/account/sessions"),
        ("/account?tab=2%26x%3D1", "/account?tab=2&x=1"),
        ("//evil.example", "/account"),
        ("https://evil.example/", "/account"),
        ("/%5Cevil.example", "/account"),
        ("javascript:alert(1)", "/account"),
        ("", "/account"),
    ],
)
async def test_one_is_led_on_to_where_one_was_going_and_never_elsewhere(house: House, asked: str, leads: str) -> None:
    """Clause 65: RFC 9700 4.11."""
    browser = a_page_client(house)
    assert (await signed_in(browser, path=f"/signin?next={asked}")).answer.headers["location"] == leads
    again = await browser.open(f"/signin?next={asked}", follow=False)
    assert (again.status, again.answer.headers["location"]) == (303, leads)


async def test_a_next_that_was_tampered_with_in_the_form_leads_nowhere_else(house: House) -> None:
    page = await signed_in(a_page_client(house), next="//evil.example")
    assert page.answer.headers["location"] == "/account"


async def test_a_session_that_was_slipped_in_beforehand_is_not_the_one_that_is_signed_in(house: House) -> None:
    """Clause 40: ASVS 5.0 7.2.4. Session fixation."""
    thief, victim = a_page_client(house), a_page_client(house)
    bob = await a_member(house.client(), handle="bob_2026", email="bob@example.com")
    await thief.submit(await thief.open("/signin"), follow=False, user_id=bob.handle, password=bob.password)
    planted = thief.cookie("daemun")
    assert planted is not None
    victim.http.cookies.set("daemun", planted, domain="testserver.local", path="/")
    page = await victim.open("/signout")
    form = page.form()
    answer = await victim.http.post(
        "/signin",
        data={"csrf": form.fields["csrf"], "user_id": ANN.handle, "password": ANN.password, "next": ""},
        headers={"origin": victim.origin},
    )
    assert answer.status_code == 303
    assert planted not in answer.headers["set-cookie"]
    assert await status(thief) == 401


async def test_signing_in_again_ends_the_session_one_came_with(house: House) -> None:
    browser, other = a_page_client(house), a_page_client(house)
    form = await browser.open("/signin")
    first = await browser.submit(form, follow=False, user_id=ANN.handle, password=ANN.password)
    old = set_cookies(first)["daemun"].partition(";")[0]
    page = await browser.open("/signout")
    data = {"csrf": page.form().fields["csrf"], "user_id": ANN.handle, "password": ANN.password, "next": ""}
    assert (await browser.http.post("/signin", data=data, headers={"origin": browser.origin})).status_code == 303
    assert (await other.http.get("/me", headers={"cookie": old})).status_code == 401
    assert await status(browser) == 200


async def test_nobody_is_signed_in_by_a_page_of_somebody_else(house: House) -> None:
    """Clause 16: NIST SP 800-63B-4 5.1. Login CSRF."""
    browser = a_page_client(house)
    page = await browser.open("/signin")
    data = {"user_id": ANN.handle, "password": ANN.password, "next": ""}
    for sent, headers in (
        (data, {"origin": browser.origin}),
        (data | {"csrf": page.form().fields["csrf"][0]}, {"origin": "https://evil.example"}),
        (data | {"csrf": page.form().fields["csrf"][0]}, {"sec-fetch-site": "cross-site"}),
        (data | {"csrf": (await a_page_client(house).open("/signin")).form().fields["csrf"][0]}, {"origin": browser.origin}),
    ):
        answer = await browser.http.post("/signin", data=sent, headers=headers)
        assert (answer.status_code, "daemun=" in answer.headers.get("set-cookie", "")) == (403, False)
    assert await status(browser) == 401


async def test_at_the_limit_one_is_told_to_wait_and_where_to_look(house: House) -> None:
    for number in range(5):
        await from_(house, number).log_in(ANN, password=WRONG)
    browser = a_page_client(house)
    page = await browser.submit(await browser.open("/signin"), user_id=ANN.handle, password=ANN.password)
    assert page.status == 429
    assert "메일함을 확인해 주십시오" in page.text
    assert page.answer.headers["ratelimit"] == f'"account";r=0;t={page.answer.headers["retry-after"]}'
    assert [each.to for each in await posted(house, "unlock")] == [ANN.email]


async def test_the_owners_browser_comes_in_though_strangers_have_shut_the_account(house: House) -> None:
    browser = a_page_client(house)
    await signed_in(browser)
    await browser.submit(await browser.open("/signout"), "/signout")
    for number in range(12):
        await from_(house, number).log_in(ANN, password=WRONG)
    assert (await signed_in(a_page_client(house, "203.0.113.77"))).status == 429
    assert (await signed_in(browser)).status == 303


async def test_a_suspension_is_explained_to_its_owner(house: House) -> None:
    await becomes(house, "ban", reason="광고 도배")
    browser = a_page_client(house)
    page = await browser.submit(await browser.open("/signin"), user_id=ANN.handle, password=ANN.password)
    assert (page.status, "정지 사유: 광고 도배" in page.text) == (403, True)
    assert "광고" not in (await browser.submit(page, password=WRONG)).text


async def test_a_temporary_password_leads_to_choosing_a_new_one(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path, identity__recovery="temporary") as house:
        await a_member(house.client())
        page = await signed_in(a_page_client(house), password=await lent(house))
        assert page.status == 303
        assert page.answer.headers["location"].startswith("/reset?t=")
        assert set_cookies(page).keys() <= {"daemun-flow"}


async def test_a_sleeping_account_wakes_by_the_code_in_the_browser_that_tried(house: House) -> None:
    """Clause 34: ASVS 5.0 6.6.2."""
    await house.client().log_in(ANN)
    await becomes(house, "sleep")
    browser, elsewhere = a_page_client(house, "198.51.100.9"), a_page_client(house)
    page = await browser.submit(await browser.open("/signin"), user_id=ANN.handle, password=ANN.password)
    assert (page.status, "편지의 코드 입력" in page.links) == (403, True)
    (letter,) = await posted(house, "wake")
    assert letter.code is not None
    code = letter.code.reveal()
    assert (await elsewhere.submit(await elsewhere.open("/signin/wake"), code=code)).status == 400
    page = await browser.follow(page, "편지의 코드 입력")
    page = await browser.submit(page, code=f"{(int(code) + 1) % 10**8:08d}")
    assert (page.status, "코드가 올바르지 않습니다." in page.text) == (400, True)
    page = await browser.submit(page, code=code)
    assert (page.path, await status(browser)) == ("/signin?done=woken_by_code", 401)
    assert "account_awake" in await kinds(house)
    assert (await signed_in(browser)).status == 303


# Signing up


async def test_signing_up_by_the_page_sends_a_letter_with_a_code_for_this_browser(house: House) -> None:
    browser = a_page_client(house)
    page = await browser.open("/signup")
    bob = Member(handle="bob_2026", email="bob@example.com", name="박보검")
    page = await browser.submit(page, **bob.form)
    assert (page.path, "가입되었습니다" in page.text) == ("/signin?done=signed_up", True)
    (letter,) = [each for each in await posted(house, "verify_email") if each.to == bob.email]
    assert letter.code is not None
    assert (await house.client().log_in(bob)).status_code == 200


async def test_the_rules_for_a_password_are_said_before_one_is_typed_and_every_reason_after(house: House) -> None:
    """Clause 6: NIST SP 800-63B-4 3.1.1.2."""
    browser = a_page_client(house)
    page = await browser.open("/signup")
    assert "8자 이상. 영문 대문자, 영문 소문자, 숫자, 특수문자 하나 이상씩. 널리 쓰이는" in " ".join(page.form().text.split())
    page = await browser.submit(page, **Member(handle="bob_2026", email="bob@example.com", password="abc").form)
    assert page.status == 400
    for reason in ("8자 이상이어야", "영문 대문자가 하나", "숫자가 하나", "특수문자가 하나"):
        assert reason in page.text
    fields = page.form().fields
    assert (fields["user_id"], fields["email"], fields["name"]) == (["bob_2026"], ["bob@example.com"], ["안은주"])
    assert (fields["password"], fields["password_confirm"], fields["agree"]) == ([""], [""], ["1"])


@pytest.mark.parametrize(
    ("changes", "status", "where", "sentence"),
    [
        ({"handle": "ann_2026"}, 409, "user_id", "이미 존재하는 아이디입니다."),
        ({"email": "ann@example.com"}, 409, "email", "이미 등록된 이메일입니다."),
        ({"handle": "a b"}, 422, "user_id", ""),
        ({"email": "nobody"}, 422, "email", ""),
    ],
)
async def test_what_is_wrong_stands_at_its_field(house: House, changes: dict[str, str], status: int, where: str, sentence: str) -> None:
    browser = a_page_client(house)
    bob = Member(**{"handle": "bob_2026", "email": "bob@example.com", **changes})
    page = await browser.submit(await browser.open("/signup"), **bob.form)
    assert page.status == status
    assert f'id="{where}-error"' in page.html
    assert sentence in page.text


async def test_passwords_that_differ_and_terms_not_agreed_to_are_told(house: House) -> None:
    browser = a_page_client(house)
    form = Member(handle="bob_2026", email="bob@example.com").form | {"password_confirm": "Haneul-Gureum-81!"}
    page = await browser.submit(await browser.open("/signup"), **form)
    assert 'id="password_confirm-error"' in page.html
    page = await browser.submit(page, **Member(handle="bob_2026", email="bob@example.com").form | {"agree": False})
    assert 'id="agree-error"' in page.html


# Going


async def test_signing_out_ends_the_session_and_needs_a_form_of_ours(house: House) -> None:
    """Clause 41: ASVS 5.0 7.4.1."""
    browser, other = a_page_client(house), a_page_client(house)
    value = set_cookies(await signed_in(browser))["daemun"].partition(";")[0]
    assert (await browser.http.post("/signout", headers={"origin": "https://evil.example"})).status_code in (403, 422)
    assert await status(browser) == 200
    page = await browser.open("/signout")
    assert "ann_2026" in page.text
    page = await browser.submit(page, "/signout", follow=False)
    assert (page.status, page.answer.headers["location"]) == (303, "/signin?done=signed_out")
    assert "Max-Age=0" in set_cookies(page)["daemun"]
    assert (await other.http.get("/me", headers={"cookie": value})).json()["code"] == "session_ended"
    assert (await browser.open("/signout", follow=False)).answer.headers["location"] == "/signin"


# Proving it again


async def test_proving_it_again_gives_a_new_value_and_leads_back(house: House) -> None:
    """Clause 40: ASVS 5.0 7.2.4."""
    browser, other, heard = a_page_client(house), a_page_client(house), hearing(house)
    old = set_cookies(await signed_in(browser))["daemun"].partition(";")[0]
    house.clock.advance(minutes=10)
    page = await browser.open("/reauthenticate?next=/account/sessions")
    page = await browser.submit(page, "password", follow=False, password=ANN.password)
    assert (page.status, page.answer.headers["location"]) == (303, "/account/sessions")
    assert (await other.http.get("/me", headers={"cookie": old})).status_code == 401
    assert await status(browser) == 200
    assert "auth.reauthenticate.success" in names(heard)
    user, made = await person(house), built(house.app)
    assert len(await made.database.read(lambda tx: made.sessions.sessions_of(tx, user.id))) == 1


async def test_a_wrong_password_there_counts_as_a_login_does(house: House) -> None:
    browser = a_page_client(house)
    await signed_in(browser)
    page = await browser.open("/reauthenticate")
    codes = []
    for _ in range(11):
        page = await browser.submit(page, "password", password=WRONG)
        codes.append(page.status)
    assert codes == [401] * 10 + [429]  # the budget of a known device
    assert await status(browser) == 200
    assert (await house.client().log_in(ANN)).status_code == 200


async def test_it_is_for_those_who_are_in(house: House) -> None:
    browser = a_page_client(house)
    page = await browser.open("/reauthenticate", follow=False, headers={"sec-fetch-dest": "document"})
    assert (page.status, page.answer.headers["location"]) == (303, "/signin?next=/reauthenticate")
    assert (await house.client().post("/auth/reauthenticate", {"password": ANN.password})).status_code == 401


async def test_a_program_proves_it_again_by_its_token(house: House) -> None:
    client = house.client()
    token = (await client.log_in(ANN)).json()["access_token"]
    house.clock.advance(minutes=10)
    assert (await client.post("/auth/reauthenticate", {"password": WRONG}, token=token)).json()["code"] == "wrong_credentials"
    answer = await client.post("/auth/reauthenticate", {"password": ANN.password}, token=token)
    assert (answer.status_code, answer.json()) == (200, {"message": "본인 확인을 마쳤습니다."})
    made = built(house.app)
    actor = await made.recogniser.known(made.database, made.recogniser.signed(token), Circumstance())
    assert not isinstance(actor, Exception)
    assert actor.authenticated_ago is not None
    assert actor.authenticated_ago.total_seconds() == 0


async def test_a_script_of_ours_proves_it_again_by_cookie_and_gets_the_new_one(house: House) -> None:
    browser = a_page_client(house)
    await signed_in(browser)
    token = (await browser.open("/signout")).form().fields["csrf"][0]
    bare = await browser.http.post("/auth/reauthenticate", json={"password": ANN.password})
    assert (bare.status_code, bare.json()["code"]) == (403, "csrf_due")
    before = browser.cookie("daemun")
    answer = await browser.http.post("/auth/reauthenticate", json={"password": ANN.password}, headers={"x-csrf-token": token})
    assert answer.status_code == 200
    assert browser.cookie("daemun") not in (None, before)
    assert await status(browser) == 200


async def test_the_first_page_is_ones_account_or_the_sign_in(house: House) -> None:
    browser = a_page_client(house)
    assert (await browser.open("/", follow=False)).answer.headers["location"] == "/signin"
    assert "API 문서" in (await browser.open("/")).links
    await signed_in(browser)
    assert (await browser.open("/", follow=False)).answer.headers["location"] == "/account"
