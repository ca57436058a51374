"""The pages of one's own account, without a browser: who is led where, what is refused, what is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.browsing import a_page_client
from tests.features.people.owning import NEW, a_browser, a_session
from tests.house import House, Member, a_house, a_member
from tests.mailbox import letter_to

PAGES = ("", "/password", "/email", "/sessions", "/history", "/export", "/delete")
FORMS = ("", "/verify", "/password", "/email", "/sessions", "/delete")


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def ann(house: House) -> Member:
    return await a_member(house.client())


@pytest.mark.parametrize("path", [*PAGES, "/export/file", "/sessions/01K00000000000000000000000"])
async def test_who_is_not_signed_in_is_led_to_sign_in_and_back(house: House, path: str) -> None:
    """Clause 48: ASVS 8.2.1."""
    page = await a_page_client(house).open(f"/account{path}", follow=False)
    assert (page.status, page.answer.headers["location"]) == (303, f"/signin?next=/account{path}")


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_that_no_page_of_ours_has_shown_changes_nothing(house: House, ann: Member, path: str) -> None:
    """Clause 16: NIST 800-63B-4 5.1: neither without the field, nor from another site, nor with somebody else's."""
    browser, eve = (
        await a_browser(house, ann),
        await a_browser(house, await a_member(house.client(), handle="eve_2026", email="e@example.com")),
    )
    stolen = (await eve.open("/account")).form("csrf").fields["csrf"][0]
    mine = (await browser.open("/account")).form("csrf").fields["csrf"][0]
    form = {"name": "Eve", "password": ann.password, "handle": ann.handle, "others": "1", "email": "e2@example.com"}
    for token, origin in (("", browser.origin), (stolen, browser.origin), (mine, "https://evil.example")):
        answer = await browser.http.post(f"/account{path}", data={"csrf": token, **form}, headers={"origin": origin})
        assert answer.status_code == 403
    assert (await browser.http.get("/me")).json()["name"] == ann.name


async def test_name_and_language_are_saved_and_the_pages_follow(house: House, ann: Member) -> None:
    browser = await a_browser(house, ann)
    page = await browser.submit(await browser.open("/account"), "name", name="안나", language="en")
    assert (page.path, page.lang, "Saved." in page.text) == ("/account?lang=en&done=profile_changed", "en", True)
    again = await browser.submit(page, "name", name="x")
    assert (again.status, again.form("name").fields["name"]) == (422, ["x"])
    assert (await browser.open("/account")).lang == "en"


async def test_the_letter_that_verifies_is_sent_again(house: House, ann: Member) -> None:
    browser = await a_browser(house, ann)
    page = await browser.submit(await browser.open("/account"), "verify")
    assert page.path == "/account?done=verify_sent"
    link = (await letter_to(house, ann.email, "verify_email")).link or ""
    await browser.submit(await browser.open(link.removeprefix(house.settings.core.base_url)), "token")
    page = await browser.open("/account")
    assert ("확인됨" in page.text, any("verify" in each.action for each in page.forms)) == (True, False)
    assert (await browser.open("/account/verify")).path == "/account"


async def test_a_wrong_password_is_said_at_its_field_and_never_shown_again(house: House, ann: Member) -> None:
    browser = await a_browser(house, ann)
    for path, field in (("/account/password", "current_password"), ("/account/email", "password"), ("/account/delete", "password")):
        page = await browser.open(path)
        typed: dict[str, str | bool] = {"current_password": "Not-Hers-99!", "password": "Not-Hers-98!", "password_confirm": "Not-Hers-98!"}
        typed |= {"email": "new@example.com", "handle": ann.handle}
        given = {name: value for name, value in typed.items() if name in page.form(field).names}
        page = await browser.submit(page, field, **given)  # type: ignore[arg-type]  # the names of fields are none of its own
        assert (page.status, f'href="#{field}"' in page.html, "Not-Hers" in page.html) == (400, True, False)


async def test_the_two_new_passwords_are_compared(house: House, ann: Member) -> None:
    browser = await a_browser(house, ann)
    page = await browser.open("/account/password")
    page = await browser.submit(page, "current_password", current_password=ann.password, password=NEW, password_confirm=NEW + "!")
    assert (page.status, "비밀번호가 일치하지 않습니다." in page.text) == (422, True)


async def test_a_session_is_named_and_ended_on_its_page(house: House, ann: Member) -> None:
    other = await a_session(house, ann, address="198.51.100.7")
    browser = await a_browser(house, ann)
    page = await browser.open(f"/account/sessions/{other}")
    page = await browser.submit(page, "name", name="집 노트북")
    assert (page.path, "집 노트북" in page.text) == ("/account/sessions?done=session_named", True)
    page = await browser.submit(page, "session")
    assert (page.path, "집 노트북" in page.text) == ("/account/sessions?done=session_ended", False)
    assert "다른 곳에는 로그인되어 있지 않습니다." in page.text
    page = await browser.submit(page, "device")
    assert (page.path, "아는 기기가 없습니다." in page.text) == ("/account/sessions?done=device_forgotten", True)


async def test_ending_asks_for_the_password_first_and_comes_back_to_the_list(house: House, ann: Member) -> None:
    """Clause 46: ASVS 7.5.2."""
    browser = await a_browser(house, ann)
    await a_session(house, ann)
    page = await browser.open("/account/sessions")
    house.clock.advance(minutes=6)
    refused = await browser.submit(page, "others")
    assert (refused.status, refused.links["본인 확인하기"]) == (401, "/reauthenticate?next=/account/sessions")
    page = await browser.open("/account/sessions")
    assert not [each for each in page.forms if each.action.endswith("/account/sessions")]
    page = await browser.follow(page, "본인 확인 후 끝내기")
    page = await browser.submit(page, "password", password=ann.password)
    assert page.path.startswith("/account/sessions")
    page = await browser.submit(page, "others")
    assert "다른 세션을 모두 끝냈습니다." in page.text


async def test_a_file_asks_for_the_password_first_and_comes_as_a_file(house: House, ann: Member) -> None:
    browser = await a_browser(house, ann)
    taken = await browser.follow(await browser.open("/account/export"), "파일 받기")
    assert (taken.status, taken.answer.headers["content-disposition"]) == (200, 'attachment; filename="ann_2026-2026-11-21.json"')
    house.clock.advance(minutes=6)
    page = await browser.open("/account/export/file")
    assert page.path == "/reauthenticate?next=/account/export/file"
    taken = await browser.submit(page, "password", password=ann.password)
    assert taken.answer.headers["content-type"] == "application/json"


async def test_the_history_goes_back_page_by_page(house: House, ann: Member) -> None:
    for _ in range(29):
        house.clock.advance(minutes=1)
        await house.client().log_in(ann)
    browser = await a_browser(house, ann)
    page = await browser.open("/account/history")
    assert page.html.count("<li>") == 25
    older = await browser.follow(page, "더 오래된 기록")
    assert older.html.count("<li>") == 5
    assert (await browser.follow(older, "처음으로")).path == "/account/history"


async def test_nobody_reads_scripts_out_of_what_people_call_themselves(house: House) -> None:
    mallory = await a_member(house.client(), name="<script>alert(1)</script>")
    agent = "<img src=x onerror=alert(1)>/1.0"
    browser = await a_browser(house, mallory, agent=agent)
    session = (await browser.http.get("/me/sessions")).json()["sessions"][0]["id"]
    await browser.submit(await browser.open(f"/account/sessions/{session}"), "name", name="<b>bold</b>")
    for path in PAGES:
        html = (await browser.open(f"/account{path}")).html
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<b>bold" not in html
