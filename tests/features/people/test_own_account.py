"""People change what is theirs: name, language, password, address. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.features.people.owning import NEW, a_browser, a_token, csrf
from tests.house import Client, House, Member, a_house, a_member, built
from tests.mailbox import all_letters, letter_to, letters_to

FREE, TAKEN = "ann.new@example.com", "bob@example.com"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return house.client()


async def kinds(house: House, email: str) -> list[str]:
    return [each.kind for each in await letters_to(house, email)]


def passwords(current: str, new: str = NEW) -> dict[str, str]:
    return {"current_password": current, "password": new, "password_confirm": new}


async def patch(client: Client, path: str, body: object, token: str) -> tuple[int, object]:
    answer = await client.http.patch(path, json=body, headers={"authorization": f"Bearer {token}"})
    return answer.status_code, answer.json() if answer.content else None


async def test_people_change_their_name_and_language_and_nothing_else(house: House, client: Client) -> None:
    """Clause 48: ASVS 8.2.3: fields that are not theirs to change are not changed by sending them."""
    token = await a_token(client, await a_member(client))
    status, told = await patch(client, "/me", {"name": " 안 은주 ", "language": "en", "email": "x@example.com", "is_verified": True}, token)
    assert status == 200
    assert isinstance(told, dict)
    assert (told["name"], told["language"], told["email"], told["is_verified"]) == ("안 은주", "en", "ann@example.com", False)
    assert (await patch(client, "/me", {}, token))[1] == told
    assert (await client.get("/me", token=token)).json()["name"] == "안 은주"


@pytest.mark.parametrize("body", [{"name": "x"}, {"name": "a\nb"}, {"name": " "}, {"language": "fr"}, {"name": "가" * 101}])
async def test_a_name_that_is_none_and_a_language_we_do_not_speak_are_refused_whole(
    house: House, client: Client, body: dict[str, str]
) -> None:
    token = await a_token(client, await a_member(client))
    status, _ = await patch(client, "/me", {"language": "en", **body}, token)
    assert status == 422
    assert (await patch(client, "/me", {}, token))[1]["language"] == "ko"  # type: ignore[index]


async def test_a_new_password_needs_the_current_one_and_ends_every_other_session(house: House, client: Client) -> None:
    """Clause 21: ASVS 6.2.3. Clause 43: ASVS 7.4.3. Clause 25: the owner is told. Clause 69: RFC 9700 4.14."""
    ann = await a_member(client)
    mine, other = await a_token(client, ann), (await client.log_in(ann)).json()
    wrong = await client.post("/me/password", passwords("Not-Hers-99!"), token=mine)
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["errors"][0]["where"]) == (400, "not_confirmed", "current_password")
    changed = await client.post("/me/password", passwords(ann.password), token=mine)
    assert (changed.status_code, changed.json()) == (200, {"ended": 1})
    assert (await client.get("/me", token=mine)).status_code == 200
    assert (await client.get("/me", token=other["access_token"])).status_code == 401
    assert (await client.refresh(other["refresh_token"])).status_code == 401
    assert (await client.log_in(ann)).status_code == 401
    assert (await client.log_in(ann, password=NEW)).status_code == 200
    assert (await kinds(house, ann.email))[-1] == "password_changed"


async def test_a_browser_goes_on_under_a_new_value_after_its_password_change(house: House, client: Client) -> None:
    """Clause 40: ASVS 7.2.4: the value before is worth nothing."""
    ann = await a_member(client)
    browser, elsewhere = await a_browser(house, ann), await a_browser(house, ann, "198.51.100.7")
    name = built(house.app).pages.jar.name("session")
    before = browser.cookie(name)
    page = await browser.open("/account/password")
    page = await browser.submit(page, "current_password", current_password=ann.password, password=NEW, password_confirm=NEW)
    assert (page.status, page.path) == (200, "/account/password?done=password_changed")
    assert browser.cookie(name) not in (None, before)
    assert (await house.client().get("/me", headers={"cookie": f"{name}={before}"})).status_code == 401
    assert (await elsewhere.open("/account")).path == "/signin?next=/account"
    assert len((await browser.http.get("/me/devices")).json()["devices"]) == 1


@pytest.mark.parametrize(
    ("new", "code"),
    [("short", "password_too_short"), ("Ann_2026-Ann!", "password_contains_name"), ("Maru-Bada-72!", "password_unchanged")],
)
async def test_a_new_password_is_judged_before_anything_counts(house: House, client: Client, new: str, code: str) -> None:
    """Clause 6: NIST 800-63B-4 3.1.1.2."""
    ann = await a_member(client)
    token = await a_token(client, ann)
    for _ in range(7):
        answer = await client.post("/me/password", passwords(ann.password, new), token=token)
        assert (answer.status_code, answer.json()["code"]) == (400, "weak_password")
        assert code in {each["code"] for each in answer.json()["errors"]}
    assert (await client.post("/me/password", passwords(ann.password), token=token)).status_code == 200


@pytest.mark.parametrize("path", ["/me/password", "/me/email", "/me/delete"])
async def test_an_open_session_is_no_place_to_guess_the_password(house: House, client: Client, path: str) -> None:
    """Clause 26 and Clause 35: the tries count like those of a login, and a success clears them (Clause 10)."""
    ann = await a_member(client)
    token = await a_token(client, ann)

    async def tried(password: str) -> int:
        body = {**passwords(password), "email": FREE, "password": NEW if path == "/me/password" else password}
        return (await client.post(path, body, token=token)).status_code

    assert [await tried(f"Wrong-{each}-99!") for each in range(6)] == [400] * 5 + [429]
    assert await tried(ann.password) == 429
    history = (await client.get("/me/logins", token=token)).json()["logins"]
    assert sorted(each["reason"] or "" for each in history) == ["", "limited", *["wrong"] * 5]
    house.clock.advance(minutes=16)
    token = await a_token(client, ann)
    assert await tried(ann.password) in (200, 202)


async def test_somebody_without_an_account_changes_nothing(house: House, client: Client) -> None:
    """Clause 48: ASVS 8.2.1."""
    asked = [
        *(client.get(path) for path in ("/me/sessions", "/me/devices", "/me/logins", "/me/export")),
        *(client.post(path, {}) for path in ("/me/password", "/me/email", "/me/delete", "/me/sessions/end-others")),
        client.http.patch("/me", json={"name": "Eve"}),
        client.http.delete("/me/sessions/01K00000000000000000000000"),
    ]
    assert {(await each).status_code for each in asked} == {401}


# The address


async def test_an_address_changes_by_the_letter_to_the_new_one_and_the_old_one_is_told(house: House, client: Client) -> None:
    """Clause 45: ASVS 7.5.1. Clause 25."""
    ann = await a_member(client)
    token = await a_token(client, ann)
    wrong = await client.post("/me/email", {"email": FREE, "password": NEW}, token=token)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "not_confirmed")
    asked = await client.post("/me/email", {"email": FREE, "password": ann.password}, token=token)
    assert asked.status_code == 202
    assert (await client.get("/me", token=token)).json()["email"] == ann.email
    assert FREE in (await letter_to(house, ann.email, "email_change_asked")).text
    confirming = await letter_to(house, FREE, "change_email")
    assert (confirming.link or "").startswith(f"{house.settings.core.base_url}/email/confirm?t=")
    page = await (browser := await a_browser(house, ann)).open(f"/email/confirm?t={confirming.token}")
    assert (await browser.submit(page, "token")).status == 200
    assert (await client.get("/me", token=token)).status_code == 401
    assert (await browser.http.get("/me")).json()["email"] == FREE


async def test_whether_an_address_is_somebodys_is_told_to_nobody_but_its_owner(house: House, client: Client) -> None:
    """Clause 26: ASVS 6.3.8: the same answer and the same writes, and one's own data tells no more."""
    ann = await a_member(client)
    bob = await a_member(client, handle="bob_2026", email=TAKEN, name="박보검")
    told: list[Any] = []
    for email in (FREE, TAKEN):
        token = await a_token(client, ann)
        before = len(await all_letters(house))
        answer = await client.post("/me/email", {"email": email, "password": ann.password}, token=token)
        mine = (await client.get("/me/export", token=token)).json()["parts"]
        letters, links = [each["kind"] for each in mine["mail"]["letters"]], [each["purpose"] for each in mine["identity"]["links"]]
        more = (letters.count("email_change_asked") - len(told), links.count("change_email") - len(told))
        told.append((answer.status_code, answer.json(), len(await all_letters(house)) - before, set(letters), set(links), more))
    assert told[0] == told[1]
    assert (told[0][2], told[0][5]) == (2, (1, 1))
    assert "change_email" not in told[0][3]
    wanted = await letter_to(house, bob.email, "email_wanted")
    assert (wanted.link, ann.handle in wanted.text, FREE in wanted.text) == (None, False, False)
    assert "change_email" not in await kinds(house, TAKEN)


async def test_an_address_that_is_none_or_is_theirs_is_refused_at_the_field(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await a_token(client, ann)
    for email, code in (("no address", "email_form"), ("ANN@example.com", "email_unchanged"), ("a@b", "email_form")):
        answer = await client.post("/me/email", {"email": email, "password": ann.password}, token=token)
        assert (answer.status_code, [(each["where"], each["code"]) for each in answer.json()["errors"]]) == (422, [("email", code)])


async def test_letters_to_strangers_have_an_end(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await a_token(client, ann)
    asked = [await client.post("/me/email", {"email": f"v{each}@example.com", "password": ann.password}, token=token) for each in range(6)]
    assert [each.status_code for each in asked] == [202] * 5 + [429]
    assert int(asked[-1].headers["retry-after"]) > 0


# By cookie


async def test_what_a_browser_sends_unasked_changes_nothing(house: House, client: Client) -> None:
    """Clause 16: NIST 800-63B-4 5.1."""
    ann: Member = await a_member(client)
    browser = await a_browser(house, ann)
    session = (await browser.http.get("/me/sessions")).json()["sessions"][0]["id"]
    changes = [
        ("PATCH", "/me", {"name": "Eve"}),
        ("POST", "/me/password", passwords(ann.password)),
        ("POST", "/me/email", {"email": FREE, "password": ann.password}),
        ("POST", "/me/sessions/end-others", {}),
        ("PATCH", f"/me/sessions/{session}", {"name": "Eve"}),
        ("DELETE", f"/me/sessions/{session}", None),
        ("DELETE", f"/me/devices/{'0' * 64}", None),
        ("POST", "/me/delete", {"password": ann.password}),
    ]
    for method, path, body in changes:
        answer = await browser.http.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_due"), path
    assert (await browser.http.patch("/me", json={"name": "안나"}, headers=csrf(house, browser))).json()["name"] == "안나"
    asked = await browser.http.post("/me/password", json=passwords(ann.password), headers=csrf(house, browser))
    assert (asked.status_code, "set-cookie" in asked.headers) == (200, True)
    assert (await browser.http.get("/me")).status_code == 200
