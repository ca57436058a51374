"""Auditors look into the log over HTTP, people see what is their own, and both leave the traces they should."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.features.audit.searching.seeking import codes, drawn, found
from tests.house import Client, House, Member, a_house, a_member, built

from daemun.core.secret import Secret
from daemun.features.identity import Newcomer

ANN = Member()
EVENTS = "/api/v1/audit/events"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as built:
        yield built


async def token_of(client: Client, member: Member) -> str:
    answer = await client.log_in(member)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def an_auditor(house: House) -> str:
    member = Member(handle="auditor_1", email="auditor@example.com")
    made = Newcomer(member.handle, member.email, member.name, Secret(member.password))
    await built(house.app).make_admin(built(house.app).visit("test"), made, role="auditor")
    return await token_of(house.client("192.0.2.50"), member)


async def asked(client: Client, token: str, path: str, answered: int = 200, /, **params: Any) -> Any:
    answer = await client.get(path, token=token, params=params)
    assert answer.status_code == answered, answer.text
    return answer.json()


async def test_an_auditor_finds_everything_and_opens_personal_data_only_with_a_reason(house: House) -> None:
    client = house.client("198.51.100.77", agent="Planted-Agent/7")
    await a_member(client)
    await client.log_in(ANN, password="Wrong-Pass-11!")
    await token_of(client, ANN)
    auditor = await an_auditor(house)
    await drawn(house)
    first = await asked(client, auditor, EVENTS, q="target:ann_2026 action:auth.login", limit=1)
    second = await asked(client, auditor, EVENTS, q=first["query"], limit=1, cursor=first["next"])
    assert [each["events"][0]["outcome"] for each in (first, second)] == ["success", "failure"] and second["next"] is None
    entered, failed = first["events"][0], second["events"][0]
    assert (entered["actor"]["handle"], entered["network"], entered["told"]) == ("ann_2026", "198.51.100.0/24", "로그인했습니다.")
    assert (failed["actor"]["id"], failed["target"]["handle"], failed["details"]) == ("nobody", "ann_2026", {"reason": "wrong"})
    assert "198.51.100.77" not in str([first, second]) and "Planted" not in str([first, second])

    path = f"{EVENTS}/{entered['index']}"
    closed = await asked(client, auditor, path)
    assert (closed["personal"], closed["sealed"]) == (None, ["actor"])
    whole = await asked(client, auditor, path, reason="사고 2026-17")
    assert whole["personal"]["actor"]["address"] == "198.51.100.77" and whole["sealed"] == []
    assert whole["entry"]["a"] == "auth.login" and "address" not in str(whole["entry"])
    await asked(client, auditor, f"{EVENTS}/99999", 404)

    opened = (await found(house, "action:audit.reveal"))[0]
    assert (opened.details, opened.target) == ({"index": entered["index"], "reason": "사고 2026-17"}, entered["actor"]["id"])
    assert len(await found(house, "action:audit.read")) == 1, "once for several looks"
    house.clock.advance(minutes=6)
    await asked(client, auditor, EVENTS)
    assert len(await found(house, "action:audit.read")) == 2


async def test_what_is_wrong_with_a_question_is_said_with_its_place_in_both_languages(house: House) -> None:
    client = house.client()
    await a_member(client)
    token = await token_of(client, ANN)
    for language, words in (("ko", "7번째 글자: “colour” 항목은 없습니다"), ("en", "Character 7: there is no field “colour”")):
        answer = await client.get(EVENTS, token=token, params={"q": "login colour:red"}, headers={"accept-language": language})
        told = answer.json()
        assert (answer.status_code, told["code"], told["at"]) == (422, "audit_query_malformed", 6)
        assert (told["errors"][0]["where"], told["errors"][0]["code"]) == ("q", "audit_query_field")
        assert words in told["detail"]
    for bad in ("x", "1", "1-", "-1-1", "9" * 39):
        assert (await asked(client, token, EVENTS, 422, cursor=bad))["code"] == "audit_cursor_malformed"
    for path in (EVENTS, f"{EVENTS}/facets", f"{EVENTS}/histogram", f"{EVENTS}/statistics", f"{EVENTS}/tail"):
        assert (await asked(client, token, path, 422, q="(a"))["code"] == "audit_query_malformed"
        assert (await client.get(path)).status_code == 401


async def test_people_see_what_is_theirs_and_nothing_of_who_did_it(house: House) -> None:
    client, other = house.client("198.51.100.77"), house.client("203.0.113.200")
    await a_member(client)
    bob = await a_member(other, handle="bob_2026", email="bob@example.com")
    ann, auditor = await token_of(client, ANN), await an_auditor(house)
    await token_of(other, bob)
    await drawn(house)
    mine = await asked(client, ann, EVENTS)
    assert {each["action"] for each in mine["events"]} == {"account.signup", "role.grant", "auth.login"}
    assert all("ann_2026" in (each["actor"]["handle"], (each["target"] or {}).get("handle")) for each in mine["events"])
    own = await asked(client, ann, f"{EVENTS}/{mine['events'][0]['index']}")
    assert own["personal"]["actor"]["address"] == "198.51.100.77"
    theirs = (await found(house, "actor:bob_2026"))[0]
    await asked(client, ann, f"{EVENTS}/{theirs.idx}", 404, reason="curious")
    assert (await asked(client, ann, EVENTS, q="ip:203.0.113.200"))["events"] == []
    assert (await asked(client, ann, f"{EVENTS}/statistics"))["total"] == len(mine["events"])
    assert (await asked(client, ann, "/api/audit-logs", 403))["code"] == "denied"

    await asked(client, auditor, f"{EVENTS}/{mine['events'][0]['index']}", reason="asked by Ann")
    await drawn(house)
    looked_at = (await asked(client, ann, EVENTS, q="action:audit.reveal"))["events"][0]
    assert (looked_at["network"], looked_at["actor"]["handle"]) == (None, None), "that somebody looked, not from where"
    assert await codes(house, "action:audit.read actor:ann_2026") == []


async def test_facets_histogram_and_statistics_count_what_is_found(house: House) -> None:
    client = house.client("198.51.100.77")
    await a_member(client)
    await client.log_in(ANN, password="Wrong-Pass-11!")
    await token_of(client, ANN)
    house.clock.advance(days=2)
    auditor = await an_auditor(house)
    await drawn(house)
    facets = await asked(client, auditor, f"{EVENTS}/facets", q="action:auth.login")
    assert (facets["counted"], facets["capped"]) == (3, False)
    assert {each["value"]: each["count"] for each in facets["fields"]["outcome"]} == {"success": 2, "failure": 1}
    assert {each["name"] for each in facets["fields"]["actor"]} == {"ann_2026", "auditor_1", None}
    for q in ("action:auth.login", "action:auth.login has:target"):  # from the sums of each hour, and from the events
        bars = await asked(client, auditor, f"{EVENTS}/histogram", q=q)
        assert (bars["step"], len(bars["bars"]), bars["capped"]) == ("day", 31, False)
        assert [each["outcomes"] for each in bars["bars"] if each["outcomes"]] == [{"success": 1, "failure": 1}, {"success": 1}]
    hours = await asked(client, auditor, f"{EVENTS}/histogram", q="created:2026-11-21")
    assert (hours["step"], len(hours["bars"]), hours["start"]) == ("hour", 24, "2026-11-21T00:00:00.000000Z")
    told = await asked(client, auditor, f"{EVENTS}/statistics", q="action:auth.*")
    assert (told["total"], told["outcomes"]) == (3, {"success": 2, "failure": 1})
    assert told["actions"] == [{"action": "auth.login", "count": 3, "outcomes": {"success": 2, "failure": 1}}]


async def test_the_audit_log_is_listed_under_the_names_of_the_document(house: House) -> None:
    client = house.client("198.51.100.77", agent="Chrome/120.0")
    await a_member(client)
    await client.log_in(ANN, password="Wrong-Pass-11!")
    await token_of(client, ANN)
    auditor = await an_auditor(house)
    await drawn(house)
    listed = await asked(client, auditor, "/api/audit-logs", user_id="ann_2026", limit=2)
    assert listed["pagination"] == {"page": 1, "limit": 2, "total": 4, "total_capped": False}
    entered, failed = listed["logs"]
    assert entered == {
        "id": entered["id"],
        "user_id": entered["user_id"],
        "username": "ann_2026",
        "action": "login",
        "resource_type": "session",
        "resource_id": entered["resource_id"],
        "details": entered["details"],
        "status": "success",
        "error_message": None,
        "ip_address": "198.51.100.77",
        "user_agent": "Chrome/120.0",
        "created_at": "2026-11-21T09:00:00.000000Z",
        "user": {"username": "ann_2026", "full_name": "안은주"},
    }
    assert (failed["action"], failed["status"], failed["error_message"], failed["username"]) == (
        "login_failed",
        "failed",
        "wrong",
        "ann_2026",
    )
    ways = {
        "login_failed": {"action": "login_failed"},
        "account.signup": {"action": "account.signup", "user_id": entered["user_id"]},
        "login": {"status": "success", "action": "login", "start_date": "2026-11-21", "end_date": "2026-11-21", "user_id": "ann_2026"},
    }
    for action, params in ways.items():
        assert [each["action"] for each in (await asked(client, auditor, "/api/audit-logs", **params))["logs"]] == [action]
    second = await asked(client, auditor, "/api/audit-logs", user_id="ann_2026", limit=2, page=2)
    assert [each["action"] for each in second["logs"]] == ["role.grant", "account.signup"]
    assert (await asked(client, auditor, "/api/audit-logs", end_date="2026-11-20"))["logs"] == []
    assert (await asked(client, auditor, "/api/audit-logs", 400, page=51, limit=200))["code"] == "audit_page_too_far"
    assert (await asked(client, auditor, "/api/audit-logs", 422, start_date="yesterday"))["errors"][0]["where"] == "start_date"
    assert (await asked(client, auditor, "/api/audit-logs", 422, status="maybe"))["errors"][0]["where"] == "status"
    await drawn(house)
    seen = await asked(client, auditor, "/api/audit-logs", action="view_audit_logs")
    assert [each["username"] for each in seen["logs"]] == ["auditor_1"]
