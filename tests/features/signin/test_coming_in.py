"""Who comes in by the right password, who is told to go another way, and what their owner is written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.features.signin.rooms import WRONG, account_of, becomes, from_, hearing, kinds, lent, links_of, names, person, posted, token_of
from tests.house import START, House, Member, a_house, a_member, built
from tests.mailbox import letter_to

from daemun.core.actor import SYSTEM
from daemun.core.circumstance import Circumstance
from daemun.features.identity import Account, Link
from daemun.ports.database import Transaction, Work


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


# Strangers


async def test_when_strangers_shut_an_account_its_owner_gets_a_link_and_at_most_three_a_day(house: House) -> None:
    """Clause 25: ASVS 5.0 6.3.5."""
    await a_member(house.client())
    for number in range(60):
        await from_(house, number).log_in(Member(), password=WRONG)
        house.clock.advance(minutes=2)
    letters = await posted(house, "unlock")
    assert len(letters) == 3
    assert {each.to for each in letters} == {"ann@example.com"}
    assert letters[0].fields == {"name": "안은주", "handle": "ann_2026"}
    assert letters[0].link is not None
    assert letters[0].link.reveal().startswith("http://localhost:8000/unlock?t=")
    house.clock.advance(hours=24)
    for number in range(6):
        await from_(house, number).log_in(Member(), password=WRONG)
    assert len(await posted(house, "unlock")) == 4


async def test_for_a_name_nobody_has_the_same_is_written_and_nothing_sent(house: House) -> None:
    """Clause 26: ASVS 5.0 6.3.8."""
    await a_member(house.client())
    written = []
    for handle in ("ann_2026", "nobody_here"):
        before = await kinds(house), await links_of(house, "unlock")
        heard = hearing(house)
        for number in range(6):
            last = await from_(house, number).log_in(Member(handle=handle), password=WRONG)
        assert last.json()["code"] == "too_many_attempts"
        after = await kinds(house), await links_of(house, "unlock")
        written.append((len(after[0]) - len(before[0]), after[1] - before[1], names(heard)))
    assert written[0] == written[1]
    assert written[0][:2] == (1, 1)
    assert len(await posted(house, "unlock")) == 1


async def test_an_address_that_tries_too_much_causes_no_letter(house: House) -> None:
    await a_member(house.client())
    for number in range(40):
        await house.client("198.51.100.7").log_in(Member(handle=f"ghost_{number}"), password=WRONG)
    assert (await house.client("198.51.100.7").log_in(Member())).status_code == 429
    assert "unlock" not in await kinds(house)


async def test_a_suspended_account_gets_no_link_that_opens_it(house: House) -> None:
    await a_member(house.client())
    await becomes(house, "ban", reason="스팸")
    for number in range(6):
        await from_(house, number).log_in(Member(), password=WRONG)
    assert "unlock" in await kinds(house)
    assert await posted(house, "unlock") == []


# New clients


async def test_a_login_from_a_new_client_is_told_to_its_owner_with_device_place_and_time(house: House) -> None:
    """Clause 25: ASVS 5.0 6.3.5."""
    ann, heard = await a_member(house.client()), hearing(house)
    chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    assert (await house.client().log_in(ann)).status_code == 200
    assert "new_device" not in await kinds(house)  # the first login after signing up is no news
    assert (await house.client("1.208.0.7", agent=chrome).log_in(ann)).status_code == 200
    letter = await letter_to(house, ann.email, "new_device")
    assert "Chrome · Windows" in letter.text
    assert "대한민국 (1.208.0.0/24)" in letter.text
    assert "2026. 11. 21. 09:00 UTC" in letter.text
    assert letter.link == "http://localhost:8000/account/sessions"
    assert names(heard).count("auth.new_client.success") == 1
    assert (await house.client("1.208.0.99", agent=chrome.replace("140", "141")).log_in(ann)).status_code == 200
    assert (await kinds(house)).count("new_device") == 1


async def test_the_letter_comes_in_the_language_of_its_reader_and_says_when_it_does_not_know(house: House) -> None:
    english = house.client(**{"accept-language": "en"})
    ann = await a_member(english)
    await english.log_in(ann)
    await house.client("127.0.0.9", agent="").log_in(ann)
    letter = await letter_to(house, ann.email, "new_device")
    assert "Device: an unknown device" in letter.text
    assert "Place: unknown (127.0.0.0/24)" in letter.text


async def test_a_session_knows_the_country_it_was_opened_from(house: House) -> None:
    ann, made = await a_member(house.client()), built(house.app)
    await house.client("1.208.0.7").log_in(ann)
    user = await person(house)
    assert [each.country for each in await made.database.read(lambda tx: made.sessions.sessions_of(tx, user.id))] == ["KR"]


# Verified addresses


async def test_where_addresses_must_be_verified_the_right_password_brings_a_letter_and_a_wrong_one_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with a_house(database_url, tmp_path, identity__require_verified="true") as house:
        ann = await a_member(house.client())
        assert (await house.client().log_in(ann, password=WRONG)).json()["code"] == "wrong_credentials"
        assert len(await posted(house, "verify_email")) == 1  # that of signing up
        house.clock.advance(seconds=1)
        answer = await house.client().log_in(ann)
        assert (answer.status_code, answer.json()["code"]) == (403, "email_unverified")
        first, second = await posted(house, "verify_email")
        assert await opens(house, "verify", token_of(second))
        assert not await opens(house, "verify", token_of(first))
        for _ in range(9):
            await house.client().log_in(ann)
        assert len(await posted(house, "verify_email")) == 6  # five an hour


async def opens(house: House, purpose: str, token: str) -> bool:
    from daemun.core.secret import Secret

    links = built(house.app).identity.links

    def query(tx: Transaction) -> Link | None:
        return links.look(tx, purpose, Secret(token))  # type: ignore[arg-type]  # a purpose by name

    return await built(house.app).database.read(query) is not None


# Sleep


async def test_a_sleeping_account_wakes_when_its_owner_logs_in_from_where_they_came_before(house: House) -> None:
    ann = await a_member(house.client())
    await house.client().log_in(ann)
    await becomes(house, "sleep")
    heard = hearing(house)
    assert (await house.client().log_in(ann, password=WRONG)).status_code == 401
    assert (await account_of(house)).status == "SLEEP"
    assert (await house.client().log_in(ann)).status_code == 200
    assert (await account_of(house)).status == "NORMAL"
    assert "account.wake.success" in names(heard)
    assert [each.to for each in await posted(house, "account_awake")] == [ann.email]


async def test_from_elsewhere_a_sleeping_account_sends_a_letter_first(house: House) -> None:
    ann = await a_member(house.client())
    await house.client().log_in(ann)
    await becomes(house, "sleep")
    assert (await from_(house, 1).log_in(ann, password=WRONG)).json()["code"] == "wrong_credentials"
    assert "wake" not in await kinds(house)
    answer = await from_(house, 1).log_in(ann)
    assert (answer.status_code, answer.json()["code"]) == (403, "asleep")
    (letter,) = await posted(house, "wake")
    assert letter.link is not None
    assert letter.link.reveal().startswith("http://localhost:8000/restore?t=")
    assert await opens(house, "wake", token_of(letter))
    assert (await account_of(house)).status == "SLEEP"


async def test_one_who_never_logged_in_is_not_woken_by_whoever_has_the_password(house: House) -> None:
    ann = await a_member(house.client())
    await becomes(house, "sleep")
    assert (await house.client().log_in(ann)).json()["code"] == "asleep"


async def test_where_only_mail_wakes_even_the_own_place_gets_the_letter(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path, identity__sleep_wake="email") as house:
        ann = await a_member(house.client())
        await house.client().log_in(ann)
        await becomes(house, "sleep")
        assert (await house.client().log_in(ann)).json()["code"] == "asleep"
        (letter,) = await posted(house, "wake")
        assert letter.code is None


# Temporary passwords, suspensions


async def test_a_temporary_password_answers_no_session_but_a_token_to_set_a_new_one(database_url: str, tmp_path: Path) -> None:
    """Clause 27: ASVS 5.0 6.4.1."""
    async with a_house(database_url, tmp_path, identity__recovery="temporary") as house:
        ann = await a_member(house.client())
        password, heard = await lent(house), hearing(house)
        answer = await house.client().log_in(ann, password=password)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (403, "password_change_due")
        assert "access_token" not in told
        assert await opens(house, "reset", told["reset_token"])
        assert "auth.temporary_password.success" in names(heard)
        assert (await house.client().log_in(ann, password=password)).status_code == 401
        assert (await house.client().log_in(ann)).status_code == 200


async def test_a_suspension_says_why_and_until_when_only_after_the_right_password(house: House) -> None:
    ann = await a_member(house.client())
    await becomes(house, "ban", reason="광고 도배", until=START + timedelta(days=3))
    wrong = await house.client().log_in(ann, password=WRONG)
    assert (wrong.status_code, "광고" in wrong.text) == (401, False)
    told = (await house.client().log_in(ann)).json()
    assert (told["status"], told["code"]) == (403, "account_inactive")
    assert (told["reason"], told["until"]) == ("광고 도배", "2026-11-24T09:00:00Z")
    assert "정지 사유: 광고 도배" in told["detail"]
    assert "2026-11-24 09:00 UTC" in told["detail"]


async def test_a_suspension_that_is_over_ends_at_the_login_before_housekeeping_comes_by(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        ann = await a_member(house.client())
        await becomes(house, "ban", reason="광고 도배", until=START + timedelta(days=3))
        house.clock.advance(days=3, microseconds=-1)
        assert (await house.client().log_in(ann)).json()["code"] == "account_inactive"
        house.clock.advance(microseconds=1)
        assert (await house.client().log_in(ann, password=WRONG)).status_code == 401
        assert (await account_of(house)).status == "BANNED"
        heard = hearing(house)
        assert (await house.client().log_in(ann)).status_code == 200
        lifted = next(each.event for each in heard if each.event.kind.name == "account.lift.success")
        assert (lifted.actor, lifted.details["by"]) == (SYSTEM, "system")
        account = await account_of(house)
        assert (account.status, account.status_reason, account.status_until) == ("NORMAL", None, None)
        assert (await house.client().log_in(ann)).status_code == 200
        assert len(await posted(house, "account_lifted")) == 1


async def test_a_suspension_that_is_over_is_lifted_for_nobody_who_is_refused_for_another_reason(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path, identity__require_verified="true") as house:
        ann = await a_member(house.client())
        await becomes(house, "ban", until=START + timedelta(days=3))
        house.clock.advance(days=3)
        assert (await house.client().log_in(ann)).json()["code"] == "email_unverified"
        assert (await account_of(house)).status == "BANNED"
        assert (
            await house.client().post("/auth/verify", {"token": token_of((await posted(house, "verify_email"))[-1])})
        ).status_code == 200
        assert (await house.client().log_in(ann)).status_code == 200
        assert len(await posted(house, "account_lifted")) == 1


async def test_a_suspension_without_an_end_says_so(house: House) -> None:
    ann = await a_member(house.client())
    await becomes(house, "ban", reason="")
    told = (await house.client().log_in(ann)).json()
    assert (told["reason"], told["until"], told["code"]) == (None, None, "account_inactive")


# Limits


@pytest.mark.parametrize("handle", ["ann_2026", "nobody_here"])
async def test_every_answer_says_the_limits_and_none_says_who_exists(house: House, handle: str) -> None:
    """Clause 26: ASVS 5.0 6.3.8; the fields of draft-ietf-httpapi-ratelimit-headers."""
    await a_member(house.client())
    answers = [await from_(house, number).log_in(Member(handle=handle), password=WRONG) for number in range(6)]
    assert {each.headers["ratelimit-policy"] for each in answers} == {'"account";q=5;w=900, "address";q=30;w=60'}
    assert [each.headers.get("ratelimit") for each in answers[:5]] == [None] * 5
    assert answers[5].headers["ratelimit"] == f'"account";r=0;t={answers[5].headers["retry-after"]}'


async def test_who_comes_in_is_told_the_same_limits(house: House) -> None:
    ann = await a_member(house.client())
    answer = await house.client().log_in(ann)
    assert answer.headers["ratelimit-policy"] == '"account";q=5;w=900, "address";q=30;w=60'
    assert "ratelimit" not in answer.headers


async def test_an_address_over_its_limit_is_told_that_it_is_the_address(house: House) -> None:
    for number in range(31):
        last = await house.client("198.51.100.7").log_in(Member(handle=f"ghost_{number}"))
    assert last.headers["ratelimit"] == f'"address";r=0;t={last.headers["retry-after"]}'


# Known devices, as a program hands their cookie on


async def device_of(house: House, handle: str = "ann_2026") -> str:
    """The cookie of a browser its owner has come in with."""
    made, user = built(house.app), await person(house, handle)
    device = made.sessions.devices.cookie()

    def story(work: Work) -> None:
        made.sessions.devices.remember(work, user.id, device.id, by=user.actor)

    await made.database.work(story, Circumstance())
    return f"{made.pages.jar.name('device')}={device.cookie.reveal()}"


async def test_a_known_device_has_its_own_budget_and_json_sets_no_cookie(house: House) -> None:
    ann = await a_member(house.client())
    known = house.client(cookie=await device_of(house))
    for number in range(8):
        await from_(house, number).log_in(ann, password=WRONG)
    assert (await house.client().log_in(ann)).status_code == 429
    answer = await known.log_in(ann)
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)


async def test_a_device_of_somebody_else_or_a_forged_one_is_a_stranger(house: House) -> None:
    ann, bob = await a_member(house.client()), Member(handle="bob_2026", email="bob@example.com")
    await a_member(house.client(), bob)
    for number in range(5):
        await from_(house, number).log_in(ann, password=WRONG)
    cookie = await device_of(house, "bob_2026")
    for each in (cookie, cookie[:-3] + "AAA", "daemun-device=x"):
        assert (await from_(house, 9, cookie=each).log_in(ann)).status_code == 429


async def test_a_known_device_is_no_news_wherever_it_is_and_wakes_the_account_it_knows(house: House) -> None:
    ann = await a_member(house.client())
    await house.client().log_in(ann)
    cookie = await device_of(house)
    assert (await from_(house, 1, cookie=cookie).log_in(ann)).status_code == 200
    assert "new_device" not in await kinds(house)
    await becomes(house, "sleep")
    assert (await from_(house, 2, cookie=cookie).log_in(ann)).status_code == 200
    account = await account_of(house)
    assert isinstance(account, Account)
    assert account.status == "NORMAL"


async def test_a_lost_answer_is_given_again_to_the_same_device_from_another_address(house: House) -> None:
    ann = await a_member(house.client())
    cookie = await device_of(house)
    first = (await from_(house, 1, cookie=cookie).log_in(ann)).json()["refresh_token"]
    one = await from_(house, 1, cookie=cookie).refresh(first)
    two = await from_(house, 2, cookie=cookie).refresh(first)
    assert (one.status_code, one.content) == (two.status_code, two.content)
    assert (await from_(house, 3).refresh(first)).json()["code"] == "refresh_replayed"
