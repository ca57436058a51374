"""Known devices on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.features.sessions.rooms import ANN, BOB, HOME, MASTER, Room, a_ring, a_room

from daemun.core.circumstance import Circumstance
from daemun.features.sessions import Holder, KnownDevice
from daemun.features.sessions.cookies import cookie_text
from daemun.features.sessions.feature import swept
from daemun.ports.database import Work
from daemun.web.visit import Visit

CHROME = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
PHONE = Circumstance(address="203.0.113.77", agent=CHROME)


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(database_url, tmp_path) as opened:
        yield opened


async def knows(room: Room, device: str, holder: Holder = ANN) -> bool:
    return await room.database.read(lambda tx: room.sessions.devices.knows(tx, holder.user_id, device))


async def shown(room: Room, holder: Holder = ANN) -> list[KnownDevice]:
    return await room.database.read(lambda tx: room.sessions.devices.of(tx, holder.user_id))


async def test_a_browser_is_known_to_who_has_come_in_with_it_and_to_nobody_else(room: Room) -> None:
    given = room.sessions.devices.cookie()
    assert given.max_age == timedelta(days=400)
    assert room.sessions.devices.device_of(given.cookie.reveal()) == given.id
    assert not await knows(room, given.id)
    await room.browse(ANN, device=given.id, seen=PHONE)
    assert await knows(room, given.id)
    assert not await knows(room, given.id, BOB)
    (device,) = await shown(room)
    assert (device.name, device.address, device.first_seen) == ("Chrome · Android", "203.0.113.0/24", room.clock.now())
    assert await shown(room, BOB) == []
    assert room.told() == ["device.add.success"]


async def test_two_people_at_one_machine_do_not_learn_of_each_other(room: Room) -> None:
    given = room.sessions.devices.cookie()
    for each in (ANN, BOB):
        await room.browse(each, device=given.id)
        assert not any(told in given.cookie.reveal() for told in (each.user_id, each.handle))
    (anns,), (bobs,) = await shown(room, ANN), await shown(room, BOB)
    assert anns.id != bobs.id
    assert given.id not in (anns.id, bobs.id)
    assert await room.work(room.sessions.devices.forget, ANN.user_id, bobs.id, by=MASTER) is False
    assert await knows(room, given.id, BOB)


async def test_a_forged_device_is_a_stranger(room: Room, tmp_path: Path) -> None:
    """A stranger's guesses never count on an owner's own budget."""
    devices, given = room.sessions.devices, room.sessions.devices.cookie()
    browser, text = await room.browse(device=given.id), given.cookie.reveal()
    key_id, number, _ = text.split(".")
    other, ours = a_ring(tmp_path / "other", room.clock).mac_key(), room.ring.mac_key()
    assert other is not None
    assert ours is not None
    forged = [
        text[:-2] + ("AA" if not text.endswith("AA") else "BB"),
        f"{key_id}.{'A' * 43}.{text.rpartition('.')[2]}",
        cookie_text("known device", number, *other),
        cookie_text("browser session", number, *ours),
        browser.cookie.reveal(),
        number,
        "",
        "x" * 10_000,
    ]
    assert [devices.device_of(each) for each in forged] == [None] * len(forged)


async def test_a_device_that_comes_back_is_the_same_one(room: Room) -> None:
    given = room.sessions.devices.cookie()
    await room.browse(device=given.id, seen=PHONE)
    room.clock.advance(days=20)
    room.ring.rotate("refresh")
    renewed = room.sessions.devices.cookie(given.id)
    assert not renewed.cookie.matches(given.cookie)
    room.clock.advance(days=32)
    assert room.sessions.devices.device_of(given.cookie.reveal()) is None  # its key is gone: who comes back too late is a stranger
    assert room.sessions.devices.device_of(renewed.cookie.reveal()) == given.id
    await room.browse(device=given.id, seen=HOME)
    (device,) = await shown(room)
    assert (device.last_seen - device.first_seen, device.name) == (timedelta(days=52), "browser")
    assert room.told() == ["device.add.success"]


async def test_a_device_that_was_not_seen_for_400_days_is_forgotten(room: Room) -> None:
    old, new = room.sessions.devices.cookie(), room.sessions.devices.cookie()
    await room.browse(device=old.id)
    room.clock.advance(days=1)
    await room.browse(device=new.id)
    room.clock.advance(days=399)
    assert not await knows(room, old.id)
    assert len(await shown(room)) == 1
    room.clock.advance(seconds=1)
    # one device, and the two sessions that ended long before
    assert await swept(room.sessions, Visit(room.database, HOME)) == 3
    assert await swept(room.sessions, Visit(room.database, HOME)) == 0
    assert await knows(room, new.id)


async def test_a_thousand_devices_are_bounded_and_the_oldest_go(room: Room) -> None:
    devices = [room.sessions.devices.cookie().id for _ in range(1000)]

    def story(work: Work, some: list[str]) -> None:
        for each in some:
            room.sessions.devices.remember(work, ANN.user_id, each, by=MASTER)

    await room.work(room.sessions.devices.remember, BOB.user_id, devices[0], by=MASTER)
    for start in range(0, 1000, 10):
        room.clock.advance(seconds=1)
        await room.work(story, devices[start : start + 10])
    kept = await shown(room)
    assert len(kept) == 20
    assert not await knows(room, devices[0])
    assert all([await knows(room, each) for each in devices[-20:]])
    assert await knows(room, devices[0], BOB)


async def test_people_forget_one_of_their_devices_or_all(room: Room) -> None:
    one, two, three = (room.sessions.devices.cookie().id for _ in range(3))
    for each in (one, two, three):
        await room.browse(device=each)
        room.clock.advance(seconds=1)
    (last, *_) = await shown(room)
    room.told()
    assert await room.work(room.sessions.devices.forget, ANN.user_id, last.id, by=MASTER)
    assert not await room.work(room.sessions.devices.forget, ANN.user_id, last.id, by=MASTER)
    assert [await knows(room, each) for each in (one, two, three)] == [True, True, False]
    assert await room.work(room.sessions.devices.forget_all, ANN.user_id, by=MASTER) == 2
    assert await shown(room) == []
    assert room.told() == ["device.remove.success"] * 2
