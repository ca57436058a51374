"""Sessions of browsers on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.features.sessions.rooms import ANN, BOB, CAFE, HOME, MASTER, Room, a_ring, a_room

from daemun.features.sessions import Cookie, EndedWhy, InvalidCookie, Reproven, SessionEnded, SessionSettings
from daemun.features.sessions.cookies import cookie_text


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(database_url, tmp_path) as opened:
        yield opened


async def test_a_browser_is_known_by_its_cookie_and_nothing_in_it_is_about_anybody(room: Room) -> None:
    """Clauses 14 and 17: NIST SP 800-63B-4 5.1 and 5.1.1, opaque and made at authentication. Clause 39: ASVS 7.2.3."""
    given = await room.browse()
    live = await room.known(given.cookie)
    assert live is not None
    assert (live.id, live.user_id, given.max_age) == (given.session_id, ANN.user_id, None)
    _, token, mac = given.cookie.reveal().split(".")
    assert (len(token), len(mac)) == (43, 43)  # 256 bits each
    assert not any(told in given.cookie.reveal() for told in (given.session_id, ANN.user_id, ANN.handle))
    assert given.cookie.reveal() not in repr((given, room.heard, room.sessions))


async def test_every_login_gives_a_value_that_was_never_given_before(room: Room) -> None:
    """Clause 40: ASVS 7.2.4. Nobody can make somebody log in under a value known beforehand."""
    planted = await room.browse(BOB)
    given = await room.browse(ANN, replacing=planted.cookie.reveal())
    assert not given.cookie.matches(planted.cookie)
    assert given.session_id != planted.session_id
    assert await room.known(planted.cookie) is None
    live = await room.known(given.cookie)
    assert live is not None
    assert live.user_id == ANN.user_id


async def test_a_forged_cookie_that_is_to_be_replaced_ends_nothing(room: Room) -> None:
    bobs = await room.browse(BOB)
    await room.browse(ANN, replacing=bobs.cookie.reveal()[:-2] + "AA")
    await room.browse(ANN, replacing="rubbish")
    assert await room.known(bobs.cookie) is not None


async def test_authenticating_again_gives_a_new_value_and_ends_the_old_one(room: Room) -> None:
    """Clause 40: ASVS 7.2.4."""
    first = await room.browse()
    room.clock.advance(minutes=30)
    second = await room.again(first.session_id)
    assert second.session_id == first.session_id
    assert await room.known(first.cookie) is None
    live = await room.known(second.cookie)
    assert live is not None
    assert live.authenticated_ago(live.used) == timedelta(0)
    assert room.told() == ["auth.reauthenticate.success"]


async def test_nobody_authenticates_in_a_session_of_somebody_else_nor_in_one_that_ended(room: Room) -> None:
    given = await room.browse()
    answer = await room.work(room.sessions.reauthenticate, given.session_id, user_id=BOB.user_id)
    assert isinstance(answer, SessionEnded)
    assert await room.known(given.cookie) is not None
    await room.work(room.sessions.end, given.session_id, "user", user_id=ANN.user_id, by=MASTER)
    assert isinstance(await room.work(room.sessions.reauthenticate, given.session_id, user_id=ANN.user_id), SessionEnded)
    assert await room.known(given.cookie) is None


async def test_an_unused_session_ends_after_an_hour(room: Room) -> None:
    """Clause 18: NIST SP 800-63B-4 5.2, either end ends the session; 5.1.1, the server enforces it itself."""
    given = await room.browse()
    room.clock.advance(minutes=59, seconds=59)
    assert await room.known(given.cookie) is not None
    room.clock.advance(seconds=1)
    assert await room.known(given.cookie) is None
    assert isinstance(await room.work(room.sessions.reauthenticate, given.session_id, user_id=ANN.user_id), SessionEnded)


async def test_use_puts_the_idle_end_off_and_never_the_last_one(room: Room) -> None:
    """Clauses 12 and 18: NIST SP 800-63B-4 2.2.3 and 5.2."""
    given = await room.browse()
    for _ in range(31):
        room.clock.advance(minutes=46)
        assert await room.use(given.cookie)
    room.clock.advance(minutes=14)
    assert not await room.use(given.cookie)


async def test_authenticating_again_puts_both_ends_off(room: Room) -> None:
    """Clause 18: NIST SP 800-63B-4 5.2."""
    given = await room.browse()
    for _ in range(60):
        room.clock.advance(minutes=50)
        given = await room.again(given.session_id)
    assert await room.known(given.cookie) is not None
    room.clock.advance(hours=1)
    assert await room.known(given.cookie) is None


async def test_remember_me_lasts_two_weeks_unused_and_thirty_days_in_use(room: Room) -> None:
    """Clause 11: NIST SP 800-63B-4 2.1.3."""
    unused, used = await room.browse(remember=True), await room.browse(remember=True)
    assert used.max_age == timedelta(days=30)
    room.clock.advance(days=13, hours=23)
    assert await room.use(used.cookie)
    room.clock.advance(hours=1)
    assert await room.known(unused.cookie) is None
    room.clock.advance(days=12)
    assert await room.use(used.cookie)
    room.clock.advance(days=3, hours=23)
    assert await room.use(used.cookie)
    room.clock.advance(hours=1)
    assert await room.known(used.cookie) is None


def sentences(**rules: Any) -> list[str]:
    return [english for _, english in SessionSettings(**rules).wrong("prod")]


def test_no_setting_lets_a_login_last_longer_than_thirty_days() -> None:
    """Clause 11: NIST SP 800-63B-4 2.1.3."""
    day = timedelta(days=1)
    assert sentences(browser_idle=day / 2, browser_lifetime=day, remember_idle=7 * day, remember_lifetime=30 * day) == []
    for wrong in (
        {"remember_lifetime": timedelta(days=31)},
        {"browser_lifetime": timedelta(days=31)},
        {"browser_idle": timedelta(seconds=59)},
        {"browser_idle": timedelta(hours=25)},
        {"remember_idle": timedelta(days=31)},
        {"remember_idle": timedelta(minutes=30)},
    ):
        assert sentences(**wrong), wrong


async def test_a_forged_cookie_is_told_from_an_expired_one(room: Room, tmp_path: Path) -> None:
    given = await room.browse()
    text = given.cookie.reveal()
    key_id, token, _ = text.split(".")
    other = a_ring(tmp_path / "other", room.clock).mac_key()
    assert other is not None
    forged = {
        text[:-2] + ("AA" if not text.endswith("AA") else "BB"): "mac",
        cookie_text("browser session", token, key_id, b"x" * 32): "mac",
        cookie_text("known device", token, key_id, (room.ring.mac_key() or ("", b""))[1]): "mac",
        cookie_text("browser session", token, *other): "key",
        token: "form",
        given.session_id: "form",
        text + ".": "form",
        text + "\n": "form",
        text.replace(".", "=", 1): "form",
        "é" * 43: "form",
        "x" * 10_000: "form",
        "": "form",
    }
    for value, why in forged.items():
        answer = room.sessions.cookie_of(value)
        assert isinstance(answer, InvalidCookie), value
        assert (answer.why, answer.data) == (why, {})
        assert await room.known(value) is None
    room.clock.advance(days=2)
    assert isinstance(room.sessions.cookie_of(text), Cookie)
    assert await room.known(text) is None


async def test_a_cookie_under_a_key_still_in_rotation_stays_good(room: Room) -> None:
    given = await room.browse(remember=True)
    room.ring.rotate("refresh")
    assert await room.known(given.cookie) is not None
    room.clock.advance(days=13)
    assert await room.use(given.cookie)
    renewed = await room.again(given.session_id)
    assert renewed.cookie.reveal().partition(".")[0] == (room.ring.mac_key() or ("", b""))[0]


async def test_a_cookie_is_no_refresh_token_nor_the_other_way_round(room: Room) -> None:
    """Clause 74: no kind of token passes for another."""
    browser, pair = await room.browse(), await room.open()
    await room.refused(browser.cookie, "refresh_invalid")
    for token in (pair.refresh, pair.access):
        assert isinstance(room.sessions.cookie_of(token.reveal()), InvalidCookie)
    assert isinstance(await room.log_out(browser.cookie), Exception)
    assert isinstance(await room.work(room.sessions.close_browser, pair.refresh.reveal()), SessionEnded)
    assert await room.known(browser.cookie) is not None


async def test_logging_out_ends_the_cookie_at_once(room: Room) -> None:
    """Clause 41: ASVS 7.4.1."""
    given = await room.browse()
    assert await room.work(room.sessions.close_browser, given.cookie.reveal()) is None
    assert await room.known(given.cookie) is None
    assert isinstance(await room.work(room.sessions.close_browser, given.cookie.reveal()), SessionEnded)
    assert room.told() == ["auth.logout.success"]


@pytest.mark.parametrize("why", get_args(EndedWhy))
async def test_what_ends_a_persons_sessions_ends_cookie_access_and_refresh_alike(room: Room, why: EndedWhy) -> None:
    """Clauses 42 and 44: ASVS 7.4.2 and 7.4.5, for every cause there is."""
    browser, pair, bobs = await room.browse(), await room.open(), await room.browse(BOB)
    assert await room.work(room.sessions.end_all, ANN.user_id, why, by=MASTER) == 2
    assert await room.known(browser.cookie) is None
    assert await room.live(pair.session_id) is None
    await room.refused(
        pair.refresh, {"replayed": "refresh_replayed"}.get(why, "refresh_expired" if why in ("expired", "idle") else "refresh_invalid")
    )
    assert await room.known(bobs.cookie) is not None


async def test_reading_is_cheap_and_a_use_is_written_once_a_minute(room: Room) -> None:
    given = await room.browse()
    written = []
    for _ in range(12):
        room.clock.advance(seconds=10)
        before = await room.known(given.cookie)
        await room.use(given.cookie)
        after = await room.known(given.cookie)
        assert before is not None
        assert after is not None
        written.append(before.used != after.used)
    assert written.count(True) == 2
    assert room.told() == []


async def test_of_several_processes_that_saw_the_same_use_one_writes_it(room: Room) -> None:
    given = await room.browse()
    room.clock.advance(minutes=5)
    live = await room.known(given.cookie)
    assert live is not None
    use = room.sessions.touches
    now = live.used + 300_000_000
    for _ in range(3):
        use.note(live, now)
    assert len(use._noted) == 1
    (noted,) = use._noted.values()
    assert [await room.work(use.touch, noted) for _ in range(3)] == [True, False, False]


async def test_a_use_that_is_written_late_wakes_nothing_that_ended(room: Room) -> None:
    given = await room.browse()
    room.clock.advance(minutes=5)
    live = await room.known(given.cookie)
    assert live is not None
    room.sessions.touches.note(live, live.used + 300_000_000)
    (noted,) = room.sessions.touches._noted.values()
    await room.work(room.sessions.end_all, ANN.user_id, "banned", by=MASTER)
    assert not await room.work(room.sessions.touches.touch, noted)
    assert await room.known(given.cookie) is None


async def test_uses_wait_in_bounded_memory(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daemun.features.sessions.touches.MOST", 2)
    touches = room.sessions.touches
    room.clock.advance(minutes=-10)
    cookies = [await room.browse() for _ in range(4)]
    room.clock.advance(minutes=10)
    for each in cookies:
        live = await room.known(each.cookie)
        assert live is not None
        touches.note(live, live.used + 600_000_000)
    assert len(touches._noted) == 2


# How sure it is


async def test_two_factors_count_for_a_day_and_an_hour_unused(room: Room) -> None:
    """Clause 12: NIST SP 800-63B-4 2.2.3."""
    browser, pair = await room.browse(remember=True, aal=2, amr=("pwd", "otp")), await room.open(remember=True, aal=2, amr=("pwd", "otp"))
    assert [await room.aal(each) for each in (browser.session_id, pair.session_id)] == [2, 2]
    for _ in range(31):
        room.clock.advance(minutes=46)
        await room.use(browser.cookie)
        pair = await room.refreshed(pair.refresh)
    assert [await room.aal(each) for each in (browser.session_id, pair.session_id)] == [2, 2]
    room.clock.advance(minutes=14)
    assert [await room.aal(each) for each in (browser.session_id, pair.session_id)] == [1, 1]


async def test_what_lapsed_unused_does_not_come_back_by_use(room: Room) -> None:
    """Clause 12: NIST SP 800-63B-4 2.2.3."""
    browser, pair = await room.browse(remember=True, aal=2), await room.open(remember=True, aal=2)
    room.clock.advance(hours=1)
    await room.use(browser.cookie)
    await room.refreshed(pair.refresh)
    assert [await room.aal(each) for each in (browser.session_id, pair.session_id)] == [1, 1]
    assert [each.aal for each in await room.listed()] == [1, 1]


async def test_a_password_alone_neither_takes_two_factors_away_nor_makes_them_last(room: Room) -> None:
    """Clause 14: NIST SP 800-63B-4 5.1, never a higher level than the event."""
    given = await room.browse(remember=True, aal=2, amr=("pwd", "otp"))
    for _ in range(28):
        room.clock.advance(minutes=50)
        given = await room.again(given.session_id)
    assert await room.aal(given.session_id) == 2
    room.clock.advance(minutes=45)
    given = await room.again(given.session_id)
    assert await room.aal(given.session_id) == 1
    given = await room.again(given.session_id, aal=2, amr=("pwd", "otp"))
    assert await room.aal(given.session_id) == 2


async def test_who_has_tokens_authenticates_again_and_keeps_them(room: Room) -> None:
    pair = await room.open()
    room.clock.advance(minutes=10)
    assert isinstance(await room.work(room.sessions.reauthenticate, pair.session_id, user_id=ANN.user_id), Reproven)
    live = await room.live(pair.session_id)
    assert live is not None
    assert live.authenticated_ago(live.used) == timedelta(minutes=-10)  # later than its last use
    again = await room.refreshed(pair.refresh)
    live = await room.live(again.session_id)
    assert live is not None
    assert live.authenticated_ago(live.used) == timedelta(0)


# The list


async def test_people_see_where_they_are_logged_in_in_words_and_no_more_than_is_needed(room: Room) -> None:
    """Clause 46: ASVS 7.5.2."""
    chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
    browser = await room.browse(remember=True, seen=type(HOME)(address="2001:db8:1:2::3", agent=chrome))
    room.clock.advance(seconds=1)
    pair = await room.open(seen=CAFE)
    tokens, shown = await room.listed()
    assert (shown.id, shown.kind, shown.device, shown.address) == (browser.session_id, "browser", "Chrome · Windows", "2001:db8:1::/48")
    assert (shown.remember, shown.name, shown.country, shown.aal) == (True, None, None, 1)
    assert (tokens.id, tokens.kind, tokens.device, tokens.address) == (pair.session_id, "tokens", "browser", "198.51.100.0/24")
    assert await room.listed(BOB) == []


async def test_people_name_their_own_sessions_and_no_others(room: Room) -> None:
    browser, pair = await room.browse(), await room.open()
    for each, name in ((browser.session_id, "  집\t노트북 \n"), (pair.session_id, "x" * 200)):
        assert await room.work(room.sessions.rename, each, user_id=ANN.user_id, name=name, by=MASTER)
        assert not await room.work(room.sessions.rename, each, user_id=BOB.user_id, name="mine", by=MASTER)
    assert {each.name for each in await room.listed()} == {"집 노트북", "x" * 60}
    await room.work(room.sessions.rename, browser.session_id, user_id=ANN.user_id, name=" ", by=MASTER)
    assert {each.name for each in await room.listed()} == {None, "x" * 60}
    again = await room.again(browser.session_id)
    await room.work(room.sessions.end, again.session_id, "user", user_id=ANN.user_id, by=MASTER)
    assert not await room.work(room.sessions.rename, again.session_id, user_id=ANN.user_id, name="late", by=MASTER)


async def test_people_end_their_own_sessions_of_both_kinds_and_no_others(room: Room) -> None:
    """Clauses 43 and 46: ASVS 7.4.3 and 7.5.2."""
    here, there, pair = await room.browse(), await room.browse(), await room.open()
    assert not await room.work(room.sessions.end, there.session_id, "user", user_id=BOB.user_id, by=MASTER)
    assert await room.work(room.sessions.end, there.session_id, "user", user_id=ANN.user_id, by=MASTER)
    assert await room.work(room.sessions.end_all, ANN.user_id, "factor_changed", by=MASTER, but=here.session_id) == 1
    assert [each.id for each in await room.listed()] == [here.session_id]
    assert await room.known(there.cookie) is None
    assert await room.live(pair.session_id) is None


async def test_one_login_too_many_ends_the_oldest_of_either_kind(database_url: str, tmp_path: Path) -> None:
    async with a_room(database_url, tmp_path, most_per_user=2) as room:
        opened = []
        for number in range(4):
            opened.append((await (room.browse() if number % 2 else room.open())).session_id)
            room.clock.advance(seconds=1)
        assert [await room.live(each) is not None for each in opened] == [False, False, True, True]


async def test_an_administrator_sends_everybody_home_and_who_comes_back_stays(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clause 44: ASVS 7.4.5."""
    monkeypatch.setattr("daemun.features.sessions.store.AT_ONCE", 2)
    mine = await room.browse(ANN)
    cookies = [(await room.browse(each)).cookie for each in (ANN, BOB, BOB)]
    pair, before = await room.open(BOB), room.clock.now()
    room.clock.advance(seconds=1)
    later, counts = await room.browse(BOB), []
    while count := await room.work(room.sessions.end_everyone, "admin", by=MASTER, before=before, but=mine.session_id):
        counts.append(count)
    assert counts == [2, 2]
    assert [await room.known(each) for each in cookies] == [None] * 3
    assert await room.live(pair.session_id) is None
    assert await room.known(mine.cookie) is not None
    assert await room.known(later.cookie) is not None


async def test_after_erasure_nothing_is_left_of_somebodys_sessions(room: Room) -> None:
    browser, pair, bobs = await room.browse(device="d" * 43), await room.open(), await room.browse(BOB)
    assert await room.work(room.sessions.forget, ANN.user_id, by=MASTER) == 2
    assert await room.listed() == []
    assert await room.known(browser.cookie) is None
    assert await room.live(pair.session_id) is None
    assert not await room.database.read(lambda tx: room.sessions.devices.knows(tx, ANN.user_id, "d" * 43))
    assert await room.known(bobs.cookie) is not None
    assert await room.work(room.sessions.forget, ANN.user_id, by=MASTER) == 0
