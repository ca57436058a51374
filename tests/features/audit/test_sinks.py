"""Copies of the log leave the house in its order, at least once, with no more of persons than was chosen, and hold nobody up."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.features.audit.logged import audit_of, dated_lines, house_of, revealed, settled, shipped
from tests.house import House, Member, a_house, a_member
from tests.servers.receiving import Hook, a_hook

from daemun.core.actor import SHELL
from daemun.features.audit import leaf_hash
from daemun.features.audit.sinks import store
from daemun.features.audit.sinks.deliver import LEASE
from daemun.features.audit.sinks.models import Cursor
from daemun.features.audit.sinks.reading import LineMalformed, Unsealing
from daemun.ports.database import Work

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"
PLANTED = ("203.0.113.77", "Planted-Agent", "ann_2026", "ann@example.com")


@asynccontextmanager
async def hooked(url: str, folder: Path, **more: str) -> AsyncIterator[tuple[House, Hook]]:
    with a_hook(folder) as hook:
        chosen = {"url": hook.url, "secret": SECRET, "private": "true", "ca": str(hook.ca)} | more
        async with a_house(url, folder, **{f"audit__sinks__webhook__{name}": value for name, value in chosen.items()}) as house:
            yield house, hook


async def filled(house: House, count: int) -> None:
    def fill(work: Work) -> None:
        for number in range(count):
            audit_of(house).control(work, "config", what=number)

    await house_of(house).visit("test").work(fill)
    await settled(house)


async def cursor(house: House, name: str = "webhook") -> Cursor:
    return await house_of(house).visit("test").read(store.cursor, name)


async def pushed(house: House, name: str = "webhook") -> bool:
    """One look of the worker, which is asked until nobody else holds the destination."""
    shipping = house_of(house).rooms.shipping
    outlet = shipping.named(name)
    assert outlet is not None
    return await shipping.once(house_of(house).visit("test"), outlet)


async def reached(house: House, done: Any) -> Cursor:
    while not done(found := await cursor(house)):
        await pushed(house)
        await asyncio.sleep(0.01)
    return found


async def test_what_happens_arrives_once_in_its_order_and_without_persons(database_url: str, tmp_path: Path) -> None:
    async with hooked(database_url, tmp_path) as (house, hook):
        client = house.client("203.0.113.77", agent="Planted-Agent/7")
        await a_member(client)
        await client.log_in(Member(), password="Wrong-Pass-11!")
        await shipped(house, "webhook")
        assert hook.places == list(range((await audit_of(house).standing()).size))
        for headers, body in hook.calls:
            told = json.loads(body)["data"]
            assert headers["webhook-id"] == f"{told['origin']}/{told['first']}-{told['end']}"
            assert not any(planted.encode() in body for planted in PLANTED)
        failed = next(each for each in hook.taken if each.get("event") == "auth.login")
        kept = (await audit_of(house).entries(failed["idx"], 1))[0]
        assert (failed["outcome"], failed["class"], failed["details"]) == ("failure", "login", {"reason": "wrong"})
        assert failed["target"].startswith("s_")
        assert b64decode(failed["leaf"]) == leaf_hash(kept.entry), "a log that is rewritten contradicts its copies"


async def test_a_destination_that_is_away_is_waited_for_and_misses_nothing(database_url: str, tmp_path: Path) -> None:
    async with hooked(database_url, tmp_path) as (house, hook):
        hook.rule = lambda _: 503
        await filled(house, 3)
        first = await reached(house, lambda each: each.tries == 1)
        assert (first.error, first.delivered, first.next) == ("status 503", 0, 0)
        assert not await pushed(house), "it is left alone for a while"
        house.clock.advance(seconds=3)
        again = await reached(house, lambda each: each.tries == 2)
        assert again.next_at is not None and first.next_at is not None
        await filled(house, 2)
        hook.rule = lambda _: 200
        house.clock.advance(minutes=6)
        await shipped(house, "webhook")
        tried = [headers["webhook-id"] for headers, _ in hook.calls[:3]]
        assert len(set(tried)) == 1, "the same shipment is known again by its id"
        assert hook.places == list(range((await audit_of(house).standing()).size))
        assert (await cursor(house)).tries == 0


async def test_what_is_not_taken_is_put_aside_alone_and_the_rest_goes_on(database_url: str, tmp_path: Path) -> None:
    async with hooked(database_url, tmp_path) as (house, hook):
        hook.rule = lambda places: 422 if 5 in places else 200
        await filled(house, 9)
        shipping, visit = house_of(house).rooms.shipping, house_of(house).visit("test")
        await shipped(house, "webhook")
        await shipped(house, "webhook")  # what the log says of it, too
        (letter,) = await visit.read(shipping.dead_letters)
        assert (letter.sink, letter.first, letter.end, letter.error) == ("webhook", 5, 6, "status 422")
        assert sorted(hook.places) == [each for each in range((await audit_of(house).standing()).size) if each != 5]
        told = [each.entry for each in await revealed(house) if each.entry.get("a") == "audit.sink"]
        assert len(told) == 1, "and the log says so"
        outlet = shipping.named("webhook")
        assert outlet is not None
        assert [answer.became for _, answer in await shipping.retry(visit, outlet, SHELL)] == ["refused"]
        hook.rule = lambda _: 200
        assert [answer.became for _, answer in await shipping.retry(visit, outlet, SHELL)] == ["sent"]
        assert hook.places[-1] == 5
        assert not await visit.read(shipping.dead_letters)


async def test_one_process_at_a_time_sends_and_an_heir_takes_over(database_url: str, tmp_path: Path) -> None:
    async with hooked(database_url, tmp_path) as (house, _):
        await filled(house, 3)
        await shipped(house, "webhook")
        visit = house_of(house).visit("test")
        claim = await visit.work(store.claim, "webhook", "one", LEASE, 1000)
        assert claim is not None
        assert await visit.work(store.claim, "webhook", "another", LEASE, 2000) is None
        house.clock.advance(seconds=LEASE.total_seconds() + 1)
        heir = await visit.work(store.claim, "webhook", "another", LEASE, 2000)
        assert heir is not None and (heir.first, heir.end) == (claim.first, claim.end), "the same shipment again"
        assert not await visit.work(store.delivered, claim), "too late: it is another's"
        assert await visit.work(store.give_back, heir)


@pytest.mark.parametrize("personal", ["sealed", "plain"])
async def test_what_a_copy_says_of_persons_is_chosen_and_erasure_reaches_what_is_sealed(
    personal: str, database_url: str, tmp_path: Path
) -> None:
    async with a_house(database_url, tmp_path, audit__sinks__files__personal=personal) as house:
        await a_member(house.client("203.0.113.77", agent="Planted-Agent/7"))
        lines = await dated_lines(house)
        assert any("203.0.113.77" in each for each in lines) == (personal == "plain")
        if personal == "plain":
            return
        visit, unsealing = house_of(house).visit("test"), Unsealing(audit_of(house).scribe.keys)
        signup = next(each for each in await visit.read(unsealing.lines, lines, 1) if each.get("event") == "account.signup")
        assert signup["persons"]["actor"]["address"] == "203.0.113.77"
        await visit.work(house_of(house).rooms.forgetting.erase, signup["persons"]["actor"]["subject"], reason="asked", by=SHELL)
        erased = (await visit.read(unsealing.lines, lines, 1))[signup["idx"]]
        assert erased["persons"]["actor"] is None
        with pytest.raises(LineMalformed):
            await visit.read(unsealing.lines, [*lines[:1], "no json"], 1)
        with pytest.raises(LineMalformed):
            await visit.read(unsealing.lines, [lines[signup["idx"] + 1].replace('"id":"', '"id":"X')], 1)


async def test_a_login_does_not_wait_for_a_destination_that_hangs(sqlite_url: str, tmp_path: Path) -> None:
    async with hooked(sqlite_url, tmp_path) as (house, hook):
        hanging = asyncio.Event()
        loop = asyncio.get_running_loop()

        def hang(_: list[int]) -> int:
            asyncio.run_coroutine_threadsafe(hanging.wait(), loop).result(20)
            return 200

        hook.rule = hang
        await a_member(house.client())
        await dated_lines(house)
        assert (await house.client().log_in(Member())).status_code == 200
        assert hook.taken == []
        hanging.set()
        await shipped(house, "webhook")
