"""Pages: their policy, their language, their forms, and what a refusal looks like to a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError
from tests.house import House, built
from tests.paging import PageClient, a_page_client
from tests.web.gallery_house import a_gallery

KEPT: dict[str, Any] = {"title": "모란", "password": "Maru-Bada-72!"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_gallery(tmp_path) as opened:
        yield opened


def known(house: House, value: str = "ann-1-9") -> PageClient:
    client = a_page_client(house)
    client.http.cookies.set("daemun", value)
    return client


async def test_a_page_runs_nothing_that_is_not_ours_and_is_kept_nowhere(house: House) -> None:
    page = await a_page_client(house).open("/gallery")
    headers = page.answer.headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
    )
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["vary"] == "Accept-Language, Cookie"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert not [each for each in ("<style", " style=", "onclick", "<script>") if each in page.html]


async def test_a_form_that_one_of_our_pages_shows_can_be_sent(house: House) -> None:
    client = a_page_client(house)
    page = await client.submit(await client.open("/gallery"), "wall", **KEPT)
    assert (page.status, page.path) == (200, "/gallery?done=hung")
    assert "그림을 걸었습니다." in page.text
    assert page.answer.history[0].status_code == 303


async def test_the_flow_cookie_is_given_once_and_kept(house: House) -> None:
    client = a_page_client(house)
    first = await client.open("/gallery")
    assert "SameSite=Lax; HttpOnly" in first.answer.headers["set-cookie"]
    assert "set-cookie" not in (await client.open("/gallery")).answer.headers


async def test_a_form_without_the_value_of_its_page_is_refused_as_a_page(house: House) -> None:
    """Clause 16. Sign-in forms, too: nobody is signed in to somebody else's account by a page of a stranger (login CSRF)."""
    client = a_page_client(house)
    page = await client.submit(await client.open("/gallery"), "wall", without=("csrf",), **KEPT)
    assert (page.status, page.lang) == (403, "ko")
    assert "페이지를 새로 연 뒤" in page.text
    assert page.links["페이지 다시 열기"] == "/gallery"


async def test_a_form_from_elsewhere_is_refused(house: House) -> None:
    client = a_page_client(house)
    for headers in [
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ]:
        assert (await client.submit(await client.open("/gallery"), "wall", headers=headers, **KEPT)).status == 403


async def test_one_browsers_value_is_worth_nothing_in_another(house: House) -> None:
    ann, bob = a_page_client(house), a_page_client(house)
    await bob.open("/gallery")
    assert (await bob.submit(await ann.open("/gallery"), "wall", **KEPT)).status == 403


async def test_the_value_of_a_form_opened_before_signing_in_is_worth_nothing_after_it(house: House) -> None:
    client = a_page_client(house)
    page = await client.open("/gallery")
    client.http.cookies.set("daemun", "ann-1-9")
    assert (await client.submit(page, "wall", **KEPT)).status == 403
    assert (await client.submit(await client.open("/gallery"), "wall", **KEPT)).status == 200


async def test_what_is_no_form_is_refused(house: House) -> None:
    client = a_page_client(house)
    await client.open("/gallery")
    for kind, body in (
        ("application/json", b"{}"),
        ("text/plain", b"csrf=x"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("", b"csrf=x"),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/x-www-form-urlencoded", "a=한글".encode()),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % each for each in range(201))),
    ):
        answer = await client.http.post("/gallery", content=body, headers={"content-type": kind})
        assert answer.status_code == 422
        assert "양식을 읽을 수 없습니다." in answer.text


async def test_a_form_beyond_the_limit_of_bodies_is_refused(house: House) -> None:
    client = a_page_client(house)

    async def trickle() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"a" * 1000

    answer = await client.http.post("/gallery", content=trickle(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413
    assert "너무 큽니다" in answer.text


async def test_a_refused_form_keeps_what_was_typed_but_no_password_and_says_what_is_wrong_beside_the_field(house: House) -> None:
    client = a_page_client(house)
    typed: dict[str, Any] = {
        "title": "plain",
        "password": "Maru-Bada-72!",
        "code": "12345678",
        "wall": "south",
        "story": '<b>"둘"</b>\n셋',
        "agree": True,
    }
    page = await client.submit(await client.open("/gallery"), "wall", **typed)
    assert page.status == 400
    form = page.form("wall")
    assert form.fields["title"] == ["plain"]
    assert (form.fields["wall"], form.fields["agree"]) == (["south"], ["1"])
    assert "Maru-Bada" not in page.html
    assert "12345678" not in page.html
    assert "&lt;b&gt;&#34;둘&#34;&lt;/b&gt;" in page.html
    assert 'aria-describedby="title-error title-hint"' in page.html
    assert 'href="#title"' in page.html
    assert page.form("wall").fields["csrf"] != [""]
    assert (await client.submit(page, "wall", title="모란", password="x")).status == 200


async def test_a_control_character_is_refused_where_one_line_is_asked_for(house: House) -> None:
    client = a_page_client(house)
    page = await client.submit(await client.open("/gallery"), "wall", title="a\x00b", password="x")
    assert page.status == 422
    assert "제어 문자" in page.text


async def test_after_a_form_one_is_led_to_a_page_of_ours_only(house: House) -> None:
    pages = built(house.app).pages
    for path, done, led in (
        ("/account?tab=2", "hung", "/account?tab=2&done=hung"),
        ("/account#top", "hung", "/account?done=hung"),
        ("//evil.example", "", "/"),
        ("https://evil.example", "hung", "/?done=hung"),
    ):
        assert pages.to(path, done=done).headers["location"] == led
    with pytest.raises(LookupError):
        pages.to("/", done="nobody_wrote_this")


async def test_a_word_that_nobody_wrote_is_an_error_and_not_a_gap(house: House) -> None:
    pages = built(house.app).pages
    visit = built(house.app).visit("look")
    for text in ("{{ say('page_nobody_wrote_this') }}", "{{ nothing_was_given }}"):
        template = pages.environment.from_string(text)
        with pytest.raises((LookupError, UndefinedError)):
            pages.render(visit, template)  # type: ignore[arg-type]  # Jinja takes a template for its name


async def test_only_a_sentence_of_ours_is_said_to_be_done(house: House) -> None:
    client = a_page_client(house)
    for address in ("/gallery?done=won_a_million", "/gallery?done=<b>", "/gallery?done=", "/gallery?done=page_no"):
        assert 'class="done"' not in (await client.open(address)).html


async def test_a_refusal_is_a_page_with_its_sentence_and_its_number(house: House) -> None:
    for code, status, sentence, where, leads in (
        ("denied", 403, "이 작업을 할 권한이 없습니다.", "처음으로", "/signin"),
        ("missing", 404, "찾을 수 없습니다.", "처음으로", "/signin"),
        ("conflict", 409, "이미 있는 것과 부딪힙니다.", "처음으로", "/signin"),
        ("too_many", 429, "7초 뒤에", "페이지 다시 열기", "/gallery/refused/too_many"),
        ("unavailable", 503, "잠시 뒤에", "페이지 다시 열기", "/gallery/refused/unavailable"),
    ):
        page = await a_page_client(house).open(f"/gallery/refused/{code}")
        assert page.status == status
        assert sentence in page.text
        assert page.answer.headers["x-request-id"] in page.text
        assert page.links[where] == leads
        assert page.answer.headers.get("retry-after") == {"too_many": "7", "unavailable": "1"}.get(code)
        assert "form-action 'self'" in page.answer.headers["content-security-policy"]


async def test_where_nothing_is_a_person_sees_a_page_and_a_program_a_problem(house: House) -> None:
    client = a_page_client(house)
    page = await client.open("/nowhere", headers={"sec-fetch-dest": "document"})
    assert (page.status, page.links["처음으로"]) == (404, "/signin")
    assert (await client.http.get("/nowhere")).headers["content-type"] == "application/problem+json"


async def test_an_error_nobody_expected_is_a_page_that_tells_nothing_but_its_number(house: House) -> None:
    @house.app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret of the house")

    page = await a_page_client(house).open("/broken", headers={"sec-fetch-dest": "document"})
    assert page.status == 500
    assert "secret" not in page.html
    assert page.answer.headers["x-request-id"] in page.text


async def test_while_the_database_is_away_people_see_a_page_too(house: House) -> None:
    client = a_page_client(house)
    await built(house.app).database.stop()
    page = await client.open("/readyz", headers={"sec-fetch-dest": "document"})
    assert page.status == 503
    await built(house.app).database.start(built(house.app).bus.dispatch)


async def test_a_malformed_address_is_told_as_a_page(house: House) -> None:
    page = await a_page_client(house).open("/gallery/number?n=x")
    assert (page.status, page.title) == (422, "처리할 수 없습니다 · 대문")


async def test_who_is_not_known_is_led_to_the_sign_in_and_back(house: House) -> None:
    for path, to in (
        ("/gallery/mine", "/signin?next=/gallery/mine"),
        ("/gallery/mine?tab=2&x=y", "/signin?next=/gallery/mine%3Ftab%3D2%26x%3Dy"),
        ("/gallery/mine?u=//evil.example", "/signin?next=/"),
        ("/gallery/refused/unauthenticated", "/signin?next=/gallery/refused/unauthenticated"),
    ):
        page = await a_page_client(house).open(path, follow=False)
        assert (page.status, page.answer.headers["location"]) == (303, to)
        assert page.answer.headers["cache-control"] == "no-store"


async def test_whose_session_ended_is_led_there_too(house: House) -> None:
    assert (await known(house, "ended").open("/gallery/mine", follow=False)).answer.headers["location"] == "/signin?next=/gallery/mine"


async def test_who_sent_a_form_without_being_known_is_told_where_to_sign_in(house: House) -> None:
    client = known(house, "ended")
    page = await client.open("/gallery")
    page.forms[0].action = "/gallery/mine"
    told = await client.submit(page, **KEPT)
    assert (told.status, told.links["로그인"]) == (401, "/signin?next=/gallery/mine")


async def test_who_signed_in_too_long_ago_or_too_weakly_is_asked_again(house: House) -> None:
    for value, status in [("ann-2-5", 200), ("ann-1-1", 303), ("ann-2-6", 303)]:
        page = await known(house, value).open("/gallery/vault", follow=False)
        assert page.status == status
        assert page.answer.headers.get("location") in (None, "/reauthenticate?next=/gallery/vault")


async def test_a_known_person_changes_by_the_form_of_their_page(house: House) -> None:
    client = known(house)
    page = await client.submit(await client.open("/gallery/mine"))
    assert page.path == "/gallery/mine?done=hung"


async def test_a_chosen_language_wins_over_the_browsers(house: House) -> None:
    for accepted, cookie, query, spoken in (
        ("ko", None, "", "ko"),
        ("en", None, "", "en"),
        ("en", "ko", "", "ko"),
        ("ko", "en", "", "en"),
        ("ko", "fr", "", "ko"),
        ("ko", "ko", "?lang=en", "en"),
        ("ko", None, "?lang=fr", "ko"),
    ):
        client = a_page_client(house, language=accepted)
        if cookie:
            client.http.cookies.set("daemun-lang", cookie)
        page = await client.open(f"/gallery{query}")
        assert (page.lang, page.answer.headers["content-language"]) == (spoken, spoken)


async def test_the_switch_keeps_the_address_and_is_remembered_for_a_year(house: House) -> None:
    client = a_page_client(house)
    page = await client.open("/gallery?t=secret&done=hung")
    english = await client.follow(page, "English")
    assert english.path == "/gallery?t=secret&lang=en"
    assert any("daemun-lang=en; Path=/; SameSite=Lax; Max-Age=31536000" in each for each in english.answer.headers.get_list("set-cookie"))
    assert (await client.open("/gallery")).lang == "en"


async def test_a_time_is_told_in_utc_for_those_without_scripts(house: House) -> None:
    page = await a_page_client(house).open("/gallery")
    assert '<time datetime="2026-11-21T09:00:00Z" data-local>2026. 11. 21. 09:00 UTC</time>' in page.html


async def test_what_a_page_is_dressed_with_may_be_kept_for_ever_and_nothing_else_is_given_out(house: House) -> None:
    client = a_page_client(house)
    page = await client.open("/gallery")
    address = page.html.partition('rel="stylesheet" href="')[2].partition('"')[0]
    style = await client.http.get(address)
    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    for odd in (address.replace("daemun.css", "other.css"), "/assets/0000000000000000/daemun.css", "/assets/x/..%2f..%2fpages.py"):
        assert (await client.http.get(odd)).status_code == 404


async def test_under_a_path_of_its_own_every_link_leads_there(tmp_path: Path) -> None:
    async with a_gallery(tmp_path, public_url="https://team.example/gate") as house:
        client = a_page_client(house)
        page = await client.open("/gallery")
        assert page.forms[0].action == "/gate/gallery"
        assert 'href="/gate/assets/' in page.html
        away = await client.open("/gallery/mine", follow=False)
        assert away.answer.headers["location"] == "/gate/signin?next=/gate/gallery/mine"
        assert "__Host-daemun-flow=" in page.answer.headers["set-cookie"]
