"""Tokens are renewed before they end, once for everybody, and lost answers cost no login."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.clients.python.between import AsyncBetween, Between, Seen, Shifted, family_of, pair_in, somebody, spoil, told_in_the_log
from tests.server.running import Server

from daemun_client import AsyncClient, Client, LoginReplayed, MemoryStore, Tokens, Unreachable

pytestmark = pytest.mark.processes
MANY = 200


def test_a_token_is_renewed_shortly_before_its_end_and_not_sooner(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(), Shifted(), MemoryStore()
    with Client(server.url, store=store, transport=Between(seen), clock=clock) as client:
        client.log_in(member.handle, member.password)
        clock.advance(minutes=14)
        client.me()
        assert seen.refreshes == 0
        clock.advance(seconds=45)
        client.me()
        client.me()
        assert seen.refreshes == 1


def test_200_threads_at_expiry_make_one_refresh(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(), Shifted(), MemoryStore()
    with Client(server.url, store=store, transport=Between(seen), clock=clock) as client, ThreadPoolExecutor(MANY) as pool:
        client.log_in(member.handle, member.password)
        session = family_of(pair_in(store))
        clock.advance(minutes=20)
        together = Barrier(MANY)

        def ask(_: int) -> str:
            together.wait()
            return client.me().handle

        assert list(pool.map(ask, range(MANY))) == [member.handle] * MANY
    assert seen.refreshes == 1
    assert told_in_the_log(server, "auth.refresh", session) == 1


async def test_200_tasks_at_expiry_make_one_refresh(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(), Shifted(), MemoryStore()
    async with AsyncClient(server.url, store=store, transport=AsyncBetween(seen), clock=clock) as client:
        await client.log_in(member.handle, member.password)
        session = family_of(pair_in(store))
        clock.advance(minutes=20)
        people = await asyncio.gather(*(client.me() for _ in range(MANY)))
        assert {each.handle for each in people} == {member.handle}
    assert seen.refreshes == 1
    assert told_in_the_log(server, "auth.refresh", session) == 1


async def test_200_tasks_whose_token_the_server_refuses_make_one_refresh(server: Server) -> None:
    member, seen, store = somebody(server), Seen(), MemoryStore()
    async with AsyncClient(server.url, store=store) as first:
        await first.log_in(member.handle, member.password)
    spoil(store)
    async with AsyncClient(server.url, store=store, transport=AsyncBetween(seen)) as client:
        people = await asyncio.gather(*(client.me() for _ in range(MANY)))
        assert {each.handle for each in people} == {member.handle}
    assert seen.refreshes == 1


def test_200_threads_whose_token_the_server_refuses_make_one_refresh(server: Server) -> None:
    member, seen, store = somebody(server), Seen(), MemoryStore()
    with Client(server.url, store=store, transport=Between(seen)) as client, ThreadPoolExecutor(50) as pool:
        client.log_in(member.handle, member.password)
        client.log_out()
        client.log_in(member.handle, member.password)
        spoil(store)
        with Client(server.url, store=store, transport=Between(seen)) as fresh:
            assert {each.handle for each in pool.map(lambda _: fresh.me(), range(MANY))} == {member.handle}
    assert seen.refreshes == 1


async def test_whoever_began_the_refresh_may_be_cancelled_and_the_others_get_its_pair(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(), Shifted(), MemoryStore()
    async with AsyncClient(server.url, store=store, transport=AsyncBetween(seen), clock=clock) as client:
        await client.log_in(member.handle, member.password)
        before = pair_in(store)
        clock.advance(minutes=20)
        tasks = [asyncio.create_task(client.me()) for _ in range(MANY)]
        await asyncio.sleep(0)  # the first has begun, and waits for the answer
        for each in tasks[:150]:
            each.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(each) for each in ended[:150]] == [asyncio.CancelledError] * 150
        assert {each.handle for each in ended[150:] if not isinstance(each, BaseException)} == {member.handle}
        assert not pair_in(store).same(before)
    assert seen.refreshes == 1


async def test_a_client_that_is_closed_while_all_have_gone_still_keeps_the_new_pair(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(), Shifted(), MemoryStore()
    async with AsyncClient(server.url, store=store, transport=AsyncBetween(seen), clock=clock) as client:
        await client.log_in(member.handle, member.password)
        clock.advance(minutes=20)
        asking = asyncio.create_task(client.me())
        while not seen.begun:
            await asyncio.sleep(0)
        asking.cancel()
    async with AsyncClient(server.url, store=store, transport=AsyncBetween(seen)) as client:
        assert (await client.me()).handle == member.handle
    assert seen.refreshes == 1


def test_a_lost_answer_is_asked_for_again_and_is_the_same_pair(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(losing=2), Shifted(), MemoryStore()
    with Client(server.url, store=store, transport=Between(seen), clock=clock, sleep=lambda _: None) as client:
        client.log_in(member.handle, member.password)
        session = family_of(pair_in(store))
        clock.advance(minutes=20)
        assert client.me().handle == member.handle
        kept = pair_in(store)
    assert seen.refreshes == 3
    for lost in seen.lost:
        given = lost.json()
        assert (given["access_token"], given["refresh_token"]) == (kept.access.reveal(), kept.refresh.reveal())
    assert told_in_the_log(server, "auth.refresh", session) == 1


async def test_a_lost_answer_costs_no_login_in_tasks_either(server: Server) -> None:
    member, seen, clock = somebody(server), Seen(losing=1), Shifted()
    async with AsyncClient(server.url, transport=AsyncBetween(seen), clock=clock) as client:
        await client.log_in(member.handle, member.password)
        clock.advance(minutes=20)
        people = await asyncio.gather(*(client.me() for _ in range(20)))
        assert {each.handle for each in people} == {member.handle}
    assert seen.refreshes == 2


def test_while_a_token_is_good_a_renewal_that_fails_hinders_nobody(server: Server) -> None:
    member, seen, clock, store = somebody(server), Seen(losing=3), Shifted(), MemoryStore()
    with Client(server.url, store=store, transport=Between(seen), clock=clock, sleep=lambda _: None) as client:
        client.log_in(member.handle, member.password)
        clock.advance(minutes=14, seconds=45)
        assert client.me().handle == member.handle
        assert seen.refreshes == 3
        assert client.me().handle == member.handle
        assert seen.refreshes == 4


def test_when_no_answer_comes_everybody_who_waited_is_told_so(server: Server) -> None:
    member, seen, clock = somebody(server), Seen(losing=3), Shifted()
    with Client(server.url, transport=Between(seen), clock=clock, sleep=lambda _: None) as client:
        client.log_in(member.handle, member.password)
        clock.advance(minutes=20)
        with pytest.raises(Unreachable):
            client.me()
        assert client.is_logged_in


def test_a_replay_ends_the_login_and_the_client_says_that_it_was_one(server: Server) -> None:
    """RFC 9700 4.14.2."""
    member, clock, store, thief = somebody(server), Shifted(), MemoryStore(), MemoryStore()
    with Client(server.url, store=store, clock=clock) as client, Client(server.url, store=thief, clock=clock) as other:
        client.log_in(member.handle, member.password)
        stolen = pair_in(store)
        clock.advance(minutes=20)
        client.me()
        clock.advance(minutes=20)
        client.me()
        thief.save(Tokens(stolen.server, stolen.access, stolen.refresh, stolen.renew_at, stolen.expires_at))
        with pytest.raises(LoginReplayed) as replayed:
            other.me()
        assert replayed.value.code == "refresh_replayed"
        assert thief.load() is None
        with pytest.raises(Exception, match="session_ended"):
            client.me()
        assert store.load() is None
    assert told_in_the_log(server, "auth.refresh", family_of(stolen), "denied") == 1
