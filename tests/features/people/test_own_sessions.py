"""People see where they are signed in, name it, end it, and see when they came. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.features.people.owning import CHROME, a_browser, a_session, a_token
from tests.house import Client, House, Member, a_house, a_member

KOREA = "203.248.252.2"


@dataclass(frozen=True, slots=True)
class Two:
    """Two people, each with a token."""

    house: House
    client: Client
    ann: Member
    bob: Member
    token: str
    bobs: str

    async def get(self, path: str, token: str | None = None) -> Any:
        """What is told there; of sessions and devices, those that are listed."""
        answer = await self.client.get(path, token=token or self.token)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return told.get("sessions") or told.get("devices") or told

    async def does(self, method: str, path: str, body: object = None, token: str | None = None) -> int:
        told = {"authorization": f"Bearer {token or self.token}"}
        return (await self.client.http.request(method, path, json=body, headers=told)).status_code


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[Two]:
    async with a_house(database_url, tmp_path) as house:
        client = house.client()
        ann, bob = await a_member(client), await a_member(client, handle="bob_2026", email="bob@example.com")
        yield Two(house, client, ann, bob, await a_token(client, ann), await a_token(client, bob))


async def test_sessions_of_both_kinds_stand_in_one_list_in_words(two: Two) -> None:
    """Clause 46: ASVS 7.5.2."""
    two.house.clock.advance(minutes=1)
    browser = await a_session(two.house, two.ann, address=KOREA, country="KR")
    mine, other = await two.get("/me/sessions")
    assert (mine["is_current"], mine["kind"], mine["device"], mine["place"], mine["address"]) == (
        True,
        "tokens",
        "test",
        None,
        "203.0.113.0/24",
    )
    assert (other["id"], other["is_current"], other["kind"]) == (browser, False, "browser")
    assert (other["device"], other["place"], other["country"]) == ("Chrome · Windows", "대한민국", "KR")
    assert other["address"] == "203.248.252.0/24"
    assert (other["remembered"], other["name"], other["aal"]) == (False, None, 1)
    english = await two.client.get("/me/sessions", token=two.token, headers={"accept-language": "en"})
    assert english.json()["sessions"][1]["place"] == "South Korea"


async def test_a_place_is_known_by_its_address_where_the_login_did_not_say_it(two: Two) -> None:
    await a_session(two.house, two.ann, address=KOREA)
    assert "KR" in {each["country"] for each in await two.get("/me/sessions")}


async def test_people_name_a_session_and_take_the_name_back(two: Two) -> None:
    session = (await two.get("/me/sessions"))[0]["id"]
    assert await two.does("PATCH", f"/me/sessions/{session}", {"name": " 집  노트북 "}) == 204
    assert (await two.get("/me/sessions"))[0]["name"] == "집 노트북"
    assert await two.does("PATCH", f"/me/sessions/{session}", {"name": ""}) == 204
    assert (await two.get("/me/sessions"))[0]["name"] is None
    assert await two.does("PATCH", f"/me/sessions/{session}", {"name": "x" * 61}) == 422


async def test_people_end_one_session_or_all_others(two: Two) -> None:
    """Clause 46: ASVS 7.5.2: their own included, at the next request."""
    first, second = await a_session(two.house, two.ann), await a_session(two.house, two.ann)
    assert await two.does("DELETE", f"/me/sessions/{first}") == 204
    assert {each["id"] for each in await two.get("/me/sessions")} >= {second}
    assert await two.does("DELETE", f"/me/sessions/{first}") == 404
    answer = await two.client.post("/me/sessions/end-others", token=two.token)
    assert (answer.status_code, answer.json()) == (200, {"ended": 1})
    (mine,) = await two.get("/me/sessions")
    assert await two.does("DELETE", f"/me/sessions/{mine['id']}") == 204
    assert await two.does("GET", "/me") == 401
    assert len(await two.get("/me/sessions", two.bobs)) == 1


async def test_whoever_finds_an_open_session_ends_no_others(two: Two) -> None:
    """Clause 46: ASVS 7.5.2: ending takes an authentication of the last five minutes; seeing and naming do not."""
    session = await a_session(two.house, two.ann)
    two.house.clock.advance(minutes=5, seconds=1)
    for method, path in (("DELETE", f"/me/sessions/{session}"), ("POST", "/me/sessions/end-others"), ("DELETE", f"/me/devices/{'0' * 64}")):
        answer = await two.client.http.request(method, path, headers={"authorization": f"Bearer {two.token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "reauthentication_due")
        assert 'max_age="300"' in answer.headers["www-authenticate"]
    assert await two.does("PATCH", f"/me/sessions/{session}", {"name": "집"}) == 204
    assert len(await two.get("/me/sessions")) == 2


async def test_somebody_elses_sessions_and_devices_are_not_there(two: Two) -> None:
    """Clause 48: ASVS 8.2.2: the same answer as for what nobody has, and nothing happens to them."""
    bobs = (await two.get("/me/sessions", two.bobs))[0]["id"]
    browser = await a_browser(two.house, two.bob)
    device = (await browser.http.get("/me/devices")).json()["devices"][0]["id"]
    for path in (f"/me/sessions/{bobs}", "/me/sessions/01K00000000000000000000000"):
        assert await two.does("DELETE", path) == await two.does("PATCH", path, {"name": "mine"}) == 404
    for path in (f"/me/devices/{device}", f"/me/devices/{'0' * 64}"):
        assert await two.does("DELETE", path) == 404
    assert {each["name"] for each in await two.get("/me/sessions", two.bobs)} == {None}
    assert len((await browser.http.get("/me/devices")).json()["devices"]) == 1
    assert bobs not in {each["id"] for each in await two.get("/me/sessions")}
    anns = await a_browser(two.house, two.ann)
    assert (await anns.open(f"/account/sessions/{bobs}")).status == 404
    page = await anns.open("/account/sessions")
    for forged in ({"session": bobs}, {"device": device}):
        body = {"csrf": page.form("csrf").fields["csrf"][0], **forged}
        assert (await anns.http.post("/account/sessions", data=body, headers={"origin": anns.origin})).status_code == 404


@pytest.mark.parametrize("name", ["%00", "..%2f", "' or 1=1 --", "x" * 300])
async def test_what_is_no_id_is_looked_for_in_no_table(two: Two, name: str) -> None:
    for path in (f"/me/sessions/{name}", f"/me/devices/{name}"):
        assert await two.does("DELETE", path) in (404, 422)
    assert await two.does("GET", f"/me/logins?after={name}") == 422


async def test_people_see_the_devices_they_came_with_and_forget_them(two: Two) -> None:
    phone, desk = await a_browser(two.house, two.ann, agent="Mozilla/5.0 (iPhone) Version/18 Safari"), await a_browser(two.house, two.ann)
    devices = (await desk.http.get("/me/devices")).json()["devices"]
    assert [(each["name"], each["is_current"]) for each in devices] == [("Chrome · Windows", True), ("Safari · iPhone", False)]
    assert not any(each["is_current"] for each in await two.get("/me/devices"))
    assert await two.does("DELETE", f"/me/devices/{devices[1]['id']}") == 204
    assert [each["name"] for each in (await phone.http.get("/me/devices")).json()["devices"]] == ["Chrome · Windows"]
    assert (await phone.http.get("/me")).status_code == 200  # forgetting a device ends no session


async def test_the_history_tells_who_came_and_who_tried_page_by_page(two: Two) -> None:
    stranger = two.house.client(KOREA, agent=CHROME)
    for _ in range(3):
        two.house.clock.advance(seconds=1)
        await stranger.log_in(two.ann, password="Not-Hers-99!")
    two.house.clock.advance(seconds=1)
    await two.client.log_in(two.ann)
    shown, after = [], ""
    for _ in range(3):
        page = await two.get(f"/me/logins?limit=2{after}")
        shown += page["logins"]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert [each["success"] for each in shown] == [True, False, False, False, True]
    tried = shown[1]
    assert (tried["reason"], tried["told"], tried["place"], tried["device"]) == ("wrong", "비밀번호 틀림", "대한민국", "Chrome · Windows")
    assert tried["address"] == "203.248.252.0/24"
    assert (shown[0]["reason"], shown[0]["told"]) == (None, "로그인")
    assert len((await two.get("/me/logins", two.bobs))["logins"]) == 1
    assert await two.does("GET", "/me/logins?limit=0") == await two.does("GET", "/me/logins?limit=201") == 422
