"""KRX's table, black-box, on both databases."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.house import Client, House, Member, a_house, a_member


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return house.client()


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


async def test_signing_up_answers_with_the_user(client: Client) -> None:
    answer = await client.sign_up(Member())
    assert answer.status_code == 201
    user = answer.json()
    assert user.keys() == {"id", "user_id", "email", "name", "is_active", "is_verified", "created_at", "last_login_at"}
    assert (user["user_id"], user["email"], user["name"]) == ("ann_2026", "ann@example.com", "안은주")
    assert (user["is_active"], user["is_verified"], user["last_login_at"]) == (True, False, None)
    assert len(user["id"]) == 26
    assert user["created_at"] == "2026-11-21T09:00:00.000000Z"


@pytest.mark.parametrize("changes", [{"email": "other@example.com"}, {"email": "other@example.com", "handle": "ANN_2026"}])
async def test_a_handle_is_given_once_whatever_its_case(client: Client, changes: dict[str, str]) -> None:
    await a_member(client)
    answer = await client.sign_up(Member(**{"handle": "ann_2026", **changes}))
    assert (answer.status_code, answer.json()["code"]) == (409, "handle_taken")


async def test_an_email_is_given_once_whatever_its_case(client: Client) -> None:
    await a_member(client)
    answer = await client.sign_up(Member(handle="somebody", email="ANN@Example.com"))
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_a_weak_password_is_refused_with_every_reason(client: Client) -> None:
    """Clause 6."""
    answer = await client.sign_up(Member(password="abc"))
    assert (answer.status_code, answer.json()["code"]) == (400, "weak_password")
    reasons = {each["code"] for each in answer.json()["errors"]}
    assert {"password_too_short", "password_needs_upper", "password_needs_digit", "password_needs_special"} <= reasons
    assert "8자" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("user_id", "ann", "field_too_short"),
        ("user_id", "a" * 21, "field_too_long"),
        ("user_id", "ann.doe", "field_pattern"),
        ("user_id", "한글아이디", "field_pattern"),
        ("user_id", 12345, "field_text"),
        ("email", "ann", "email_form"),
        ("email", "ann@example.com\u0000", "email_form"),
        ("email", "=?utf-8?q??=@example.com", "email_form"),
        ("name", "안", "field_too_short"),
        ("name", "  안  ", "field_too_short"),
        ("name", "a" * 101, "field_too_long"),
        ("name", "ann\nforged: line", "field_control"),
        ("agree", False, "not_agreed"),
        ("agree", "yes", "field_bool"),
        ("password_confirm", "Different-72!", "passwords_differ"),
    ],
)
async def test_a_malformed_sign_up_says_what_is_wrong_and_where(client: Client, field: str, value: object, code: str) -> None:
    answer = await client.post("/auth/signup", Member().form | {field: value})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert code in {each["code"] for each in answer.json()["errors"]}
    if code != "passwords_differ":
        assert field in {each["where"] for each in answer.json()["errors"]}


@pytest.mark.parametrize("field", ["user_id", "email", "name", "password", "password_confirm", "agree"])
async def test_a_field_that_is_missing_is_named(client: Client, field: str) -> None:
    form = Member().form
    del form[field]
    answer = await client.post("/auth/signup", form)
    assert answer.status_code == 422
    assert {"where": field, "code": "field_missing", "message": "필수 항목입니다."} in answer.json()["errors"]


async def test_what_was_sent_is_never_sent_back_in_an_error(client: Client) -> None:
    """ASVS 5.0 16.2.5: a password typed into the wrong field must not come back, or end in a log. Clause 62."""
    answer = await client.post("/auth/signup", Member().form | {"user_id": "Geheim-Wort-99!"})
    assert "Geheim" not in answer.text


@pytest.mark.parametrize("login", ["ann_2026", "ANN_2026", "ann@example.com", "Ann@Example.COM"])
async def test_logging_in_by_handle_or_email_answers_with_tokens(client: Client, login: str) -> None:
    await a_member(client)
    answer = await client.post("/auth/login", {"user_id": login, "password": Member().password, "remember_me": False})
    assert answer.status_code == 200
    tokens = answer.json()
    assert tokens.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 900)
    assert "set-cookie" not in answer.headers


async def test_the_access_token_carries_the_documents_claims_and_ours(client: Client) -> None:
    """Clause 75."""
    await a_member(client)
    found = claims((await client.log_in(Member())).json()["access_token"])
    assert found.keys() == {"sub", "email", "name", "user_db_id", "iat", "exp", "type", "iss", "aud", "jti", "sid", "client_id"}
    assert (found["sub"], found["type"], found["client_id"]) == ("ann_2026", "access", "daemun")
    assert found["exp"] - found["iat"] == 900


@pytest.mark.parametrize("member", [Member(password="Wrong-Pass-11!"), Member(handle="nobody_here")])
async def test_an_unknown_name_and_a_wrong_password_are_told_alike(client: Client, member: Member) -> None:
    """ASVS 5.0 6.3.8. Clause 26."""
    await a_member(client)
    answer = await client.log_in(member)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "wrong_credentials"
    assert answer.json()["detail"] == "아이디 또는 비밀번호가 올바르지 않습니다."


async def test_an_inactive_account_is_told_so_only_after_the_right_password(house: House, client: Client) -> None:
    await a_member(client)
    await ban(house, "ann_2026")
    assert (await client.log_in(Member(), password="Wrong-Pass-11!")).status_code == 401
    answer = await client.log_in(Member())
    assert (answer.status_code, answer.json()["code"]) == (403, "account_inactive")


async def test_the_sixth_try_is_told_to_wait_even_with_the_right_password(house: House, client: Client) -> None:
    await a_member(client)
    for _ in range(5):
        assert (await client.log_in(Member(), password="Wrong-Pass-11!")).status_code == 401
        house.clock.advance(seconds=61)
    answer = await client.log_in(Member())
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= 900
    house.clock.advance(seconds=int(answer.headers["retry-after"]) + 1)
    assert (await client.log_in(Member())).status_code == 200


async def test_names_that_nobody_has_are_limited_just_the_same(house: House, client: Client) -> None:
    """ASVS 5.0 6.3.8: a limit that only real accounts have tells which are real. Clause 26."""
    ghost = Member(handle="nobody_here")
    codes = [(await client.log_in(ghost)).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


async def test_success_empties_the_count(client: Client, house: House) -> None:
    """NIST 800-63B-4 3.2.2. Clause 10."""
    await a_member(client)
    for _ in range(3):
        for _ in range(4):
            assert (await client.log_in(Member(), password="Wrong-Pass-11!")).status_code == 401
        assert (await client.log_in(Member())).status_code == 200
        house.clock.advance(seconds=61)


async def test_an_address_that_tries_many_accounts_is_told_to_wait(house: House) -> None:
    client = house.client("198.51.100.7")
    codes = [(await client.log_in(Member(handle=f"ghost_{number}"))).status_code for number in range(31)]
    assert codes == [401] * 30 + [429]
    assert (await house.client("198.51.100.8").log_in(Member(handle="ghost_x"))).status_code == 401


async def test_addresses_of_one_ipv6_network_are_one_address(house: House) -> None:
    codes = [
        (await house.client(f"2001:db8:1:2::{number:x}").log_in(Member(handle=f"ghost_{number}"))).status_code for number in range(1, 32)
    ]
    assert codes == [401] * 30 + [429]


async def test_after_a_hundred_failures_in_a_row_waiting_does_not_help(database_url: str, tmp_path: Path) -> None:
    """NIST 800-63B-4 3.2.2: at most 100 consecutive failures; an administrator opens the account. Clause 9."""
    async with a_house(database_url, tmp_path, identity__login_streak="7") as house:
        client = house.client()
        await a_member(client)
        for _ in range(7):
            await client.log_in(Member(), password="Wrong-Pass-11!")
            house.clock.advance(minutes=16)
        house.clock.advance(days=30)
        answer = await client.log_in(Member())
        assert (answer.status_code, answer.json()["code"]) == (429, "account_locked")


async def test_refreshing_gives_a_new_pair(client: Client, house: House) -> None:
    await a_member(client)
    first = (await client.log_in(Member())).json()
    house.clock.advance(minutes=5)
    answer = await client.refresh(first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert second["refresh_token"] != first["refresh_token"]
    assert claims(second["access_token"])["sid"] == claims(first["access_token"])["sid"]
    assert (await client.get("/me", token=second["access_token"])).status_code == 200


async def test_a_lost_answer_is_given_again_byte_for_byte(client: Client, house: House) -> None:
    await a_member(client)
    first = (await client.log_in(Member())).json()
    one = await client.refresh(first["refresh_token"])
    house.clock.advance(seconds=9)
    two = await client.refresh(first["refresh_token"])
    assert (one.status_code, one.content) == (two.status_code, two.content)


async def test_a_replayed_refresh_token_ends_its_whole_family_and_no_other(client: Client, house: House) -> None:
    """ASVS 5.0 10.4.5. Clause 56."""
    await a_member(client)
    other = (await client.log_in(Member())).json()
    first = (await client.log_in(Member())).json()
    second = (await client.refresh(first["refresh_token"])).json()
    house.clock.advance(seconds=11)
    assert (await client.refresh(first["refresh_token"])).status_code == 401
    assert (await client.refresh(second["refresh_token"])).status_code == 401
    ended = await client.get("/me", token=second["access_token"])
    assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")
    assert (await client.refresh(other["refresh_token"])).status_code == 200


async def test_a_stranger_with_a_copied_token_ends_the_family_even_within_the_grace(client: Client, house: House) -> None:
    await a_member(client)
    first = (await client.log_in(Member())).json()
    second = (await client.refresh(first["refresh_token"])).json()
    assert (await house.client("198.51.100.66", agent="thief/1").refresh(first["refresh_token"])).status_code == 401
    assert (await client.refresh(second["refresh_token"])).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "dr1.a.b.c.d", "한글", "dr1." + "A" * 500])
async def test_what_is_no_refresh_token_is_refused(client: Client, token: str) -> None:
    answer = await client.refresh(token)
    assert answer.status_code in (401, 422)


async def test_logging_out_ends_the_session_at_once(client: Client) -> None:
    """ASVS 5.0 7.4.1: the access token too. Clause 41."""
    await a_member(client)
    tokens = (await client.log_in(Member())).json()
    answer = await client.log_out(tokens["refresh_token"])
    assert (answer.status_code, answer.json()) == (200, {"message": "로그아웃되었습니다."})
    assert (await client.get("/me", token=tokens["access_token"])).json()["code"] == "session_ended"
    assert (await client.refresh(tokens["refresh_token"])).status_code == 401
    again = await client.log_out(tokens["refresh_token"])
    assert again.status_code == 400


async def test_an_unknown_token_cannot_be_logged_out(client: Client) -> None:
    answer = await client.log_out("no-such-token")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


async def test_me_shows_the_person_and_what_they_may_do(client: Client) -> None:
    await a_member(client)
    tokens = (await client.log_in(Member())).json()
    answer = await client.get("/me", token=tokens["access_token"])
    assert answer.status_code == 200
    me = answer.json()
    assert (me["user_id"], me["roles"]) == ("ann_2026", ["user"])
    assert "stocks.read" in me["permissions"]
    assert me["last_login_at"] is not None


async def test_without_a_token_one_is_asked_to_sign_in(client: Client) -> None:
    answer = await client.get("/me")
    assert (answer.status_code, answer.json()["code"], answer.headers["www-authenticate"]) == (401, "unauthenticated", "Bearer")


@pytest.mark.parametrize("token", ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_a_token_that_proves_nothing_is_refused(client: Client, token: str) -> None:
    """RFC 9068 4: errors are invalid_token. Clause 75."""
    answer = await client.get("/me", token=token)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_an_access_token_ends_with_its_time(client: Client, house: House) -> None:
    await a_member(client)
    tokens = (await client.log_in(Member())).json()
    house.clock.advance(minutes=16)
    assert (await client.get("/me", token=tokens["access_token"])).json()["code"] == "invalid_token"


async def test_a_banned_user_is_stopped_at_the_next_request(client: Client, house: House) -> None:
    """Clause 42."""
    await a_member(client)
    tokens = (await client.log_in(Member())).json()
    await ban(house, "ann_2026")
    answer = await client.get("/me", token=tokens["access_token"])
    assert (answer.status_code, answer.json()["code"]) == (403, "account_inactive")
    assert (await client.refresh(tokens["refresh_token"])).status_code == 401


async def test_an_expired_access_token_does_not_hinder_refreshing(client: Client, house: House) -> None:
    await a_member(client)
    tokens = (await client.log_in(Member())).json()
    house.clock.advance(minutes=16)
    answer = await client.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}, token=tokens["access_token"])
    assert answer.status_code == 200


@pytest.mark.parametrize(("market", "markets"), [("KRX", {"KOSPI", "KOSDAQ"}), ("KOSPI", {"KOSPI"}), ("KOSDAQ", {"KOSDAQ"})])
@pytest.mark.parametrize("path", ["/stocks/listings", "/api/stocks"])
async def test_listings_are_for_whoever_is_known(client: Client, path: str, market: str, markets: set[str]) -> None:
    await a_member(client)
    tokens = (await client.log_in(Member())).json()
    answer = await client.get(f"{path}?market={market}", token=tokens["access_token"])
    assert answer.status_code == 200
    assert (answer.json()["user"], answer.json()["market"]) == ("ann_2026", market)
    assert {each["market"] for each in answer.json()["stocks"]} == markets
    assert (await client.get(path)).status_code == 401
    assert (await client.get(f"{path}?market=NASDAQ", token=tokens["access_token"])).status_code == 422


async def test_sentences_come_in_the_readers_language(house: House) -> None:
    english = house.client(**{"accept-language": "en-GB,en;q=0.9,ko;q=0.3"})
    answer = await english.get("/me")
    assert (answer.json()["detail"], answer.headers["content-language"]) == ("Please sign in.", "en")
    assert (await house.client().get("/me")).json()["detail"] == "로그인이 필요합니다."


async def ban(house: House, handle: str) -> None:
    """As an administrator will; the state itself, straight in the database."""
    from sqlalchemy import update
    from tests.house import built

    from daemun.core.circumstance import Circumstance
    from daemun.features.identity.store import users

    def story(work: Any) -> None:
        work.run(update(users).where(users.c.handle == handle).values(status="BANNED"))

    await built(house.app).database.work(story, Circumstance())
