"""Token families on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.features.sessions.rooms import ANN, BOB, CAFE, HOME, MASTER, PHONE, Room, a_room, plain

from daemun.core.circumstance import Circumstance
from daemun.core.secret import Secret
from daemun.features.sessions import TokenPair
from daemun.features.sessions.refresh import parse_refresh, refresh_text


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(database_url, tmp_path) as opened:
        yield opened


async def test_a_refresh_gives_a_new_pair_of_the_same_session(room: Room) -> None:
    """ASVS 10.4.5, RFC 9700 4.14.2."""
    first = await room.open()
    room.clock.advance(minutes=14)
    second = await room.refreshed(first.refresh)
    assert second.session_id == first.session_id
    assert not second.refresh.matches(first.refresh)
    assert not second.access.matches(first.access)
    assert room.sessions.claims_of(second.access.reveal()).jti != room.sessions.claims_of(first.access.reveal()).jti


async def test_every_login_is_a_session_of_its_own(room: Room) -> None:
    """ASVS 7.2.4. Clause 40."""
    first, second = await room.open(), await room.open()
    assert first.session_id != second.session_id
    assert {each.id for each in await room.database.read(lambda tx: room.sessions.sessions_of(tx, ANN.user_id))} == {
        first.session_id,
        second.session_id,
    }


async def test_a_lost_answer_is_given_again_byte_for_byte(room: Room) -> None:
    first = await room.open()
    second = await room.refreshed(first.refresh)
    room.told()
    room.clock.advance(seconds=10)
    assert plain(await room.refreshed(first.refresh)) == plain(second)
    assert plain(await room.refreshed(first.refresh)) == plain(second)
    assert room.told() == []
    await room.refreshed(second.refresh)


async def test_a_rotation_of_the_keys_does_not_change_an_answer_that_is_given_again(room: Room) -> None:
    first = await room.open()
    second = await room.refreshed(first.refresh)
    room.ring.rotate("signing")
    room.ring.rotate("refresh")
    assert plain(await room.refreshed(first.refresh)) == plain(second)
    third = await room.refreshed(second.refresh)
    assert room.sessions.claims_of(third.access.reveal()).session_id == first.session_id
    parsed = parse_refresh(third.refresh.reveal())
    current = room.ring.mac_key()
    assert parsed is not None
    assert current is not None
    assert parsed.key_id == current[0]


async def test_a_replayed_refresh_token_ends_its_whole_family_and_no_other(room: Room) -> None:
    """ASVS 10.4.5, RFC 9700 4.14.2. Clause 56."""
    other, first = await room.open(), await room.open()
    second = await room.refreshed(first.refresh)
    room.clock.advance(seconds=10, microseconds=1)
    await room.refused(first.refresh, "refresh_replayed")
    await room.refused(second.refresh, "refresh_replayed")
    assert await room.live(first.session_id) is None
    assert await room.live(other.session_id) is not None
    await room.refreshed(other.refresh)


@pytest.mark.parametrize("seen", [CAFE, PHONE, Circumstance()], ids=["address", "agent", "nothing"])
async def test_another_client_has_no_grace(room: Room, seen: Circumstance) -> None:
    first = await room.open()
    second = await room.refreshed(first.refresh)
    await room.refused(first.refresh, "refresh_replayed", seen=seen)
    await room.refused(second.refresh, "refresh_replayed")


async def test_a_known_device_is_the_same_client_wherever_it_is(room: Room) -> None:
    first = await room.open(device="laptop")
    second = await room.refreshed(first.refresh, device="laptop")
    assert plain(await room.refreshed(first.refresh, device="laptop", seen=CAFE)) == plain(second)
    await room.refused(first.refresh, "refresh_replayed", device="phone", seen=CAFE)


async def test_the_client_of_the_grace_is_the_one_that_used_the_token(room: Room) -> None:
    first = await room.open(seen=HOME)
    second = await room.refreshed(first.refresh, seen=CAFE)
    assert plain(await room.refreshed(first.refresh, seen=CAFE)) == plain(second)
    await room.refused(first.refresh, "refresh_replayed", seen=HOME)


async def test_the_grace_ends_when_the_successor_is_used(room: Room) -> None:
    first = await room.open()
    second = await room.refreshed(first.refresh)
    third = await room.refreshed(second.refresh)
    await room.refused(first.refresh, "refresh_replayed")
    await room.refused(third.refresh, "refresh_replayed")


async def test_a_clock_that_steps_back_opens_no_longer_grace(room: Room) -> None:
    first = await room.open()
    room.clock.advance(hours=1)
    await room.refreshed(first.refresh)
    room.clock.advance(hours=-1)
    await room.refused(first.refresh, "refresh_replayed")


async def test_a_token_from_after_a_restored_backup_ends_its_family(room: Room) -> None:
    """A genuine number that was never given out, by what the database remembers."""
    first = await room.open()
    found = room.ring.mac_key()
    assert found is not None
    await room.refused(refresh_text(first.session_id, 3, *found), "refresh_replayed")
    await room.refused(first.refresh, "refresh_replayed")


async def test_a_second_history_of_a_family_ends_it(room: Room) -> None:
    """The same number under another key: both cannot have been given out by one database."""
    first = await room.open()
    room.ring.rotate("refresh")
    found = room.ring.mac_key()
    assert found is not None
    await room.refused(refresh_text(first.session_id, 1, *found), "refresh_replayed")


async def test_a_forged_token_touches_nothing(room: Room) -> None:
    first = await room.open()
    text = first.refresh.reveal()
    found = room.ring.mac_key()
    assert found is not None
    forged = [
        text[:-1] + ("A" if text[-1] != "A" else "E"),
        refresh_text(first.session_id, 1, found[0], b"x" * 32),
        text.replace(".1.", ".2."),
        text.replace(".1.", ".01."),
        text.replace(found[0], "01K0000000000000000000N0NE"),
        text.replace("dr1", "dr2"),
        text + "\n",
        "",
        text.lower(),
    ]
    room.told()
    for each in forged:
        await room.refused(each, "refresh_invalid")
    assert room.told() == []
    await room.refreshed(first.refresh)


async def test_a_genuine_token_of_an_unknown_family_is_invalid(room: Room) -> None:
    found = room.ring.mac_key()
    assert found is not None
    await room.refused(refresh_text("01K0000000000000000000N0NE", 1, *found), "refresh_invalid")


async def test_a_token_whose_key_was_dropped_is_invalid(room: Room) -> None:
    first = await room.open(remember=True)
    room.ring.rotate("refresh")
    room.clock.advance(days=32)
    await room.refused(first.refresh, "refresh_invalid")


async def test_a_login_ends_after_thirty_days_however_much_it_is_used(room: Room) -> None:
    """ASVS 10.4.8, NIST SP 800-63B-4 2.1.3. Clauses 11, 58."""
    pair = await room.open(remember=True)
    for _ in range(29):
        room.clock.advance(days=1)
        pair = await room.refreshed(pair.refresh)
    room.clock.advance(hours=23, minutes=59, seconds=30)
    last = await room.refreshed(pair.refresh)
    assert last.expires_in == 30  # an access token does not outlive its session
    room.clock.advance(seconds=30)
    await room.refused(last.refresh, "refresh_expired")
    assert await room.live(last.session_id) is None
    await room.refused(last.refresh, "refresh_expired")


async def test_without_remember_me_a_day_unused_ends_it(room: Room) -> None:
    """RFC 9700 4.14.2: expires on inactivity. Clause 69."""
    kept, idle = await room.open(remember=True), await room.open()
    room.clock.advance(hours=24)
    assert await room.live(idle.session_id) is None
    await room.refused(idle.refresh, "refresh_expired")
    await room.refused(idle.refresh, "refresh_expired")
    await room.refreshed(kept.refresh)


async def test_use_puts_the_idle_end_off(room: Room) -> None:
    """NIST SP 800-63B-4 5.2. Clause 18."""
    pair = await room.open()
    for _ in range(3):
        room.clock.advance(hours=23)
        pair = await room.refreshed(pair.refresh)
    assert await room.live(pair.session_id) is not None


async def test_logging_out_ends_the_session_at_once(room: Room) -> None:
    """ASVS 7.4.1. Clause 41."""
    pair = await room.open()
    assert await room.log_out(pair.refresh) is None
    assert await room.live(pair.session_id) is None
    await room.refused(pair.refresh, "refresh_invalid")


async def test_what_is_unknown_or_logged_out_already_cannot_be_logged_out(room: Room) -> None:
    pair, idle = await room.open(), await room.open()
    await room.log_out(pair.refresh)
    for token in (pair.refresh, Secret("nonsense"), Secret(pair.refresh.reveal()[:-1] + "_")):
        answer = await room.log_out(token)
        assert answer is not None
        assert answer.code == "token_unknown"
    room.clock.advance(hours=24)
    assert await room.log_out(idle.refresh) is not None


async def test_a_tab_that_missed_the_refresh_logs_out_all_the_same(room: Room) -> None:
    first = await room.open()
    second = await room.refreshed(first.refresh)
    room.clock.advance(minutes=1)
    assert await room.log_out(first.refresh) is None
    await room.refused(second.refresh, "refresh_invalid")


async def test_in_the_mode_reuse_a_token_is_kept_until_its_end(database_url: str, tmp_path: Path) -> None:
    async with a_room(database_url, tmp_path, refresh_mode="reuse") as room:
        pair = await room.open(remember=True)
        accesses = {pair.access.reveal()}
        for seen in (HOME, CAFE, PHONE):
            room.clock.advance(days=9)
            again = await room.refreshed(pair.refresh, seen=seen)
            assert again.refresh.matches(pair.refresh)
            accesses.add(again.access.reveal())
        assert len(accesses) == 4
        room.clock.advance(days=3)
        await room.refused(pair.refresh, "refresh_expired")


async def test_everybody_is_sent_home_but_the_one_who_asked(room: Room) -> None:
    """ASVS 7.4.2, 7.4.3, 7.4.5. Clause 43."""
    here, there, bobs = await room.open(), await room.open(), await room.open(BOB)
    ended = await room.work(room.sessions.end_all, ANN.user_id, "password_changed", by=MASTER, but=here.session_id)
    assert ended == 1
    assert [await room.live(each.session_id) is not None for each in (here, there, bobs)] == [True, False, True]
    assert await room.work(room.sessions.end_all, ANN.user_id, "admin", by=MASTER) == 1
    assert await room.work(room.sessions.end_all, ANN.user_id, "admin", by=MASTER) == 0
    assert await room.live(bobs.session_id) is not None


async def test_nobody_ends_a_session_of_somebody_else(room: Room) -> None:
    """ASVS 8.2.2. Clause 48."""
    pair = await room.open()
    assert not await room.work(room.sessions.end, pair.session_id, "user", user_id=BOB.user_id, by=MASTER)
    assert await room.live(pair.session_id) is not None
    assert await room.work(room.sessions.end, pair.session_id, "user", user_id=ANN.user_id, by=MASTER)
    assert await room.live(pair.session_id) is None
    assert not await room.work(room.sessions.end, pair.session_id, "user", user_id=ANN.user_id, by=MASTER)


async def test_one_login_too_many_ends_the_oldest(database_url: str, tmp_path: Path) -> None:
    async with a_room(database_url, tmp_path, most_per_user=3) as room:
        pairs = []
        for _ in range(5):
            pairs.append(await room.open())
            room.clock.advance(seconds=1)
        bobs = await room.open(BOB)
        assert [await room.live(each.session_id) is not None for each in pairs] == [False, False, True, True, True]
        assert await room.live(bobs.session_id) is not None


async def test_a_pair_is_not_made_for_somebody_else(room: Room) -> None:
    pair = await room.open()
    with pytest.raises(ValueError, match="somebody else"):
        await room.refresh(pair.refresh, holder=BOB)
    await room.refreshed(pair.refresh)  # undone with the story


async def test_a_holder_who_may_not_come_in_loses_the_session(room: Room) -> None:
    pair = await room.open()
    turned = await room.work(room.sessions.turn, pair.refresh)
    answer = await room.work(room.sessions.refuse, turned, "user_inactive")
    assert answer.code == "refresh_invalid"
    assert await room.live(pair.session_id) is None


async def test_what_ended_long_ago_is_swept_and_the_rest_stays(room: Room) -> None:
    ended, idle, live = await room.open(), await room.open(), await room.open(remember=True)
    await room.log_out(ended.refresh)
    room.clock.advance(days=8)
    recent = await room.open()
    await room.log_out(recent.refresh)
    assert await room.work(room.sessions.sweep, room.clock.now() - timedelta(days=1)) == 2
    assert await room.work(room.sessions.sweep, room.clock.now() - timedelta(days=1)) == 0
    await room.refused(idle.refresh, "refresh_invalid")
    await room.refreshed(live.refresh)


async def test_a_session_is_shown_with_where_and_when_and_nothing_secret(room: Room) -> None:
    """ASVS 7.5.2. Clause 46."""
    pair = await room.open(seen=Circumstance(address="2001:db8::1", agent="a" * 600))
    room.clock.advance(minutes=5)
    await room.refreshed(pair.refresh, seen=CAFE)
    (shown,) = await room.database.read(lambda tx: room.sessions.sessions_of(tx, ANN.user_id))
    assert (shown.id, shown.address, shown.device, shown.remember) == (pair.session_id, "198.51.100.0/24", "browser", False)
    assert (shown.kind, shown.name, shown.country, shown.aal) == ("tokens", None, None, 1)
    assert shown.used_at - shown.started_at == timedelta(minutes=5)


async def test_every_outcome_is_told(room: Room) -> None:
    """ASVS 16.3.1. Clause 62."""
    pair = await room.open()
    second = await room.refreshed(pair.refresh)
    room.clock.advance(minutes=1)
    await room.refused(pair.refresh, "refresh_replayed")
    await room.refused(second.refresh, "refresh_replayed")
    other = await room.open()
    await room.log_out(other.refresh)
    third = await room.open()
    await room.work(room.sessions.end_all, ANN.user_id, "admin", by=MASTER)
    happened = [(each.event.kind.name, each.event.resource_id, each.event.target, dict(each.event.details)) for each in room.heard]
    ann = ANN.user_id
    assert happened == [
        ("auth.refresh.success", pair.session_id, ann, {}),
        ("auth.refresh.denied", pair.session_id, ann, {"reason": "replayed"}),
        ("auth.refresh.failure", pair.session_id, ann, {"reason": "replayed"}),
        ("auth.logout.success", other.session_id, ann, {}),
        ("session.end.success", None, ann, {"reason": "admin", "count": 1}),
    ]
    assert await room.live(third.session_id) is None


async def test_no_repr_and_no_event_shows_a_token(room: Room) -> None:
    """ASVS 16.2.5. Clause 62."""
    pair = await room.open()
    second = await room.refreshed(pair.refresh)
    turned = await room.work(room.sessions.turn, second.refresh)
    shown = repr((pair, second, turned, room.heard, room.sessions))
    for each in (pair, second):
        assert isinstance(each, TokenPair)
        assert each.refresh.reveal() not in shown
        assert each.access.reveal() not in shown
