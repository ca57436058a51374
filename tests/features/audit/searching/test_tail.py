"""Who listens hears what enters the log from now on, or since they last heard, for as long as they may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.features.audit.searching.seeking import drawn, search_of, visit_of
from tests.house import House, Member, a_house, a_member

from daemun.core.actor import NOBODY, Actor
from daemun.features.audit.searching.counting import Counting
from daemun.features.audit.searching.errors import TooManyTails
from daemun.features.audit.searching.reader import Reader
from daemun.features.audit.searching.tail import MOST, Tail
from daemun.plugin import Visit

AUDITOR = Actor("user", "01AUD00000000000000000000A", frozenset({"audit.read"}), session="s1")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as built:
        yield built


def tail_of(house: House, *, heartbeat: float = 15.0) -> Tail:
    search = search_of(house)
    return Tail(Reader(search, Counting(search), lambda address: None), asyncio.get_running_loop().time, heartbeat)


async def heard(stream: AsyncIterator[bytes]) -> dict[str, Any]:
    """The next event."""
    async for piece in stream:
        fields = dict(line.split(": ", 1) for line in piece.decode().splitlines() if ": " in line and not line.startswith(":"))
        if "event" in fields:
            return {"event": fields["event"], "id": fields.get("id"), "data": fields["data"]}
    raise AssertionError("it ended without a word")


async def test_new_events_are_heard_in_order_and_nothing_is_missed_after_a_break(house: House) -> None:
    visit = replace(visit_of(house), actor=AUDITOR)

    async def again() -> Visit:
        return visit

    client, tail = house.client(), tail_of(house)
    await a_member(client)
    await drawn(house)
    stream = await tail.open(visit, "action:auth.login", None, again)
    await client.log_in(Member(), password="Wrong-Pass-11!")
    first = await heard(stream)
    told = json.loads(first["data"])
    assert (told["action"], told["outcome"], str(told["index"])) == ("auth.login", "failure", first["id"])
    await stream.aclose()  # type: ignore[attr-defined]  # a generator
    assert not tail.open_now, "whoever goes makes room"
    await client.log_in(Member())
    await drawn(house)
    resumed = await tail.open(visit, "action:auth.login", first["id"], again)
    assert json.loads((await heard(resumed))["data"])["outcome"] == "success"


async def test_it_ends_with_the_session_or_the_permission_and_one_person_has_a_bound(house: House) -> None:
    standing, client, tail = [AUDITOR], house.client(), tail_of(house, heartbeat=0.05)

    async def again() -> Visit:
        return replace(visit_of(house), actor=standing[0])

    visit = await again()
    streams = [await tail.open(visit, "action:nothing", None, again) for _ in range(MOST)]
    for each in streams:
        assert (await anext(each)).startswith(b"retry")
    with pytest.raises(TooManyTails):
        await tail.open(visit, "", None, again)
    standing[0] = replace(AUDITOR, permissions=frozenset())
    assert (await heard(streams[0]))["event"] == "end"
    standing[0] = NOBODY
    assert (await heard(streams[1]))["event"] == "end"
    for each in streams:
        await each.aclose()  # type: ignore[attr-defined]  # a generator
    assert not tail.open_now
    standing[0] = AUDITOR
    stream = await tail.open(visit, "action:auth.*", None, again)
    assert (await anext(stream)).startswith(b"retry")
    standing[0] = NOBODY
    await a_member(client)
    await client.log_in(Member())
    assert (await heard(stream))["event"] == "end", "nothing is shown to whoever may not see it any more"
