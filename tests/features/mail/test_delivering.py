"""What becomes of a letter: sent, tried again for a day, or given up and told of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.features.mail.rooms import LINK, Postroom, a_book, a_letter, a_postroom
from tests.house import a_house, built
from tests.servers.mail import PASSWORD, USER, Postbox, a_server, mailserver
from tests.servers.process import free_port

from daemun.adapters.smtp import Server, SmtpPost
from daemun.adapters.system import SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.features.mail import store
from daemun.features.mail.backoff import PAUSES
from daemun.features.mail.deliver import LEASE, Deliver
from daemun.plugin import Visit
from daemun.ports.letters import Letter
from daemun.ports.post import Message, Outcome

GONE = "gone@example.com"


def a_worker(room: Postroom, server: Server, **changes: Any) -> Deliver:
    return replace(Deliver(room.mail, a_book(), SmtpPost(server), room.clock, SystemEntropy()), **changes)


def visit(room: Postroom) -> Visit:
    return Visit(room.database, Circumstance())


def told(room: Postroom) -> list[tuple[str, str | None, Any]]:
    return [(each.event.kind.name, each.event.target, each.event.details["reason"]) for each in room.heard]


async def test_a_letter_goes_out_once_and_its_words_are_forgotten(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter(), a_letter(language="en"), a_letter(to=""))
        with mailserver(tmp_path) as there:
            worker = a_worker(room, there.server)
            assert not await worker.once(visit(room)), "there is no more"
            await worker.once(visit(room))
        subjects = sorted(str(each.mail["Subject"]) for each in there.box.received)
        assert subjects == ["Welcome, 안은주", "안은주 님, 환영합니다"]
        assert there.box.connections == 1
        body = there.box.received[0].mail.get_body(("plain",))
        assert body is not None
        assert LINK in body.get_content()
        assert sorted(await room.states()) == ["sent", "sent", "void"]
        kept = await room.database.read(lambda tx: tx.all(store.letters.select().where(store.letters.c.state == "sent")))
        assert [(row.sealed, row.tries, row.last_error) for row in kept] == [(None, 1, None)] * 2
        assert room.heard == []


async def test_a_bounce_is_final_and_told_of(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter(GONE), a_letter())
        with mailserver(tmp_path, box=Postbox(answers={GONE: ["550 5.1.1 no such user"]})) as there:
            for _ in range(3):
                await a_worker(room, there.server).once(visit(room))
                room.clock.advance(hours=3)
        assert there.box.asked.count(GONE) == 1
        assert len(there.box.received) == 1
        (failed,) = await room.records("failed")
        assert (failed.last_error, failed.tries) == ("550 recipient", 1)
        assert told(room) == [("mail.send.failure", failed.user_id, "550 recipient")]


async def test_a_letter_put_off_by_the_server_goes_out_at_the_next_try(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter())
        with mailserver(tmp_path, box=Postbox(answers={"ann@example.com": ["451 4.7.1 come back later", "250 OK"]})) as there:
            worker = a_worker(room, there.server)
            await worker.once(visit(room))
            (waiting,) = await room.records("waiting")
            assert (waiting.last_error, waiting.next_at - room.clock.now()) == ("451 recipient", timedelta(seconds=10))
            there.box.answers.clear()
            room.clock.advance(seconds=9)
            await worker.once(visit(room))
            assert there.box.received == []
            room.clock.advance(seconds=1)
            await worker.once(visit(room))
        assert len(there.box.received) == 1
        assert await room.states() == ["sent"]


async def test_letters_wait_for_a_server_that_is_away(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(*[a_letter()] * 3)
        port = free_port()
        await a_worker(room, a_server(port)).once(visit(room))
        assert [(each.state, each.last_error) for each in await room.records()] == [("waiting", "connection")] * 3
        room.clock.advance(seconds=10)
        with mailserver(tmp_path, port=port) as there:
            await a_worker(room, there.server).once(visit(room))
        assert await room.states() == ["sent"] * 3


async def test_after_a_day_it_is_given_up_and_told_of_once(sqlite_url: str, tmp_path: Path) -> None:
    async with a_postroom(sqlite_url) as room:
        await room.post(a_letter())
        server, begun = a_server(free_port()), room.clock.now()
        for pause in PAUSES:
            await a_worker(room, server).once(visit(room))
            assert await room.states() == ["waiting"]
            room.clock.advance(seconds=pause.total_seconds())
        assert timedelta(hours=24) <= room.clock.now() - begun < timedelta(hours=26)
        await a_worker(room, server).once(visit(room))
        assert await room.states() == ["failed"]
        assert [(name, reason) for name, _, reason in told(room)] == [("mail.send.failure", "connection")]


async def test_a_letter_nobody_can_write_is_given_up_without_a_word_of_it(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_postroom(database_url) as room:
        await room.post(
            Letter("no_such_kind", "ann@example.com", "ko"), replace(a_letter(), fields={}), replace(a_letter(), link=None), a_letter()
        )
        with mailserver(tmp_path) as there:
            await a_worker(room, there.server).once(visit(room))
        assert len(there.box.received) == 1
        assert [each.last_error for each in await room.records("failed")] == ["unwritable"] * 3
        ours = "\n".join(each.getMessage() + str(each.exc_info) for each in caplog.records if each.name != "mail.log")  # the server's own
        assert "no_such_kind" in ours
        assert not [hidden for hidden in ("ann@example.com", "안은주", LINK, "48201937") if hidden in ours]


async def test_what_a_killed_process_held_is_taken_up_when_its_lease_is_over(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter())
        lost = await room.work(store.lease, 20, LEASE)
        assert len(lost.envelopes) == 1
        with mailserver(tmp_path) as there:
            worker = a_worker(room, there.server)
            await worker.once(visit(room))
            assert there.box.received == [], "somebody may be at it"
            room.clock.advance(seconds=LEASE.total_seconds())
            await worker.once(visit(room))
            assert len(there.box.received) == 1


async def test_who_comes_back_after_its_lease_changes_nothing_but_that_it_was_sent(database_url: str) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter())
        late = await room.work(store.lease, 20, LEASE)
        room.clock.advance(seconds=LEASE.total_seconds())
        heir = await room.work(store.lease, 20, LEASE)
        letter_id = heir.envelopes[0].id
        assert not await room.work(store.fail, letter_id, late.id, "451 data")
        assert not await room.work(store.put_off, letter_id, late.id, LEASE, "451 data")
        assert await room.states() == ["sending"]
        await room.work(store.sent, letter_id)
        assert not await room.work(store.put_off, letter_id, heir.id, LEASE, "451 data")
        assert await room.states() == ["sent"]


async def test_a_letter_taken_back_while_it_is_sent_stays_forgotten(database_url: str) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter())
        lease = await room.work(store.lease, 20, LEASE)
        await room.work(room.mail.forget, lease.envelopes[0].user_id)
        await room.work(store.sent, lease.envelopes[0].id)
        assert await room.records() == []


async def test_posting_wakes_the_worker(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        with mailserver(tmp_path) as there:
            working = asyncio.create_task(a_worker(room, there.server, look_every=86_400).run(visit(room)))
            for number in range(3):
                await asyncio.sleep(0.05)  # it is asleep by then, or will look once more: either way it must not miss this
                await room.post(a_letter())
                while len(there.box.received) <= number:
                    await asyncio.sleep(0.01)
            await ended(working)
        assert await room.states() == ["sent"] * 3


async def test_more_than_a_batch_goes_out_without_a_pause(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(*[a_letter()] * 25)
        with mailserver(tmp_path) as there:
            working = asyncio.create_task(a_worker(room, there.server, look_every=86_400, batch=10).run(visit(room)))
            while len(there.box.received) < 25:
                await asyncio.sleep(0.01)
            await ended(working)
            assert there.box.connections == 3
        assert await room.states() == ["sent"] * 25


async def test_who_is_stopped_finishes_the_letter_on_the_wire_and_gives_the_others_back(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(*[a_letter()] * 5)
        with mailserver(tmp_path, box=Postbox(slow=0.3)) as there:
            working = asyncio.create_task(a_worker(room, there.server).run(visit(room)))
            while not there.box.asked:
                await asyncio.sleep(0.01)
            await ended(working)
            assert len(there.box.received) == 1
        assert sorted(await room.states()) == ["sent", *["waiting"] * 4]
        assert {each.tries for each in await room.records("waiting")} == {0}


@dataclass(frozen=True, slots=True)
class BreaksDown:
    """A post whose own code fails after some letters."""

    good: list[str] = field(default_factory=list)

    async def send(self, messages: Sequence[Message]) -> AsyncGenerator[Outcome, None]:
        for message in messages[:2]:
            self.good.append(message.id)
            yield Outcome(message.id, "sent")
        raise ZeroDivisionError


async def test_what_was_sent_before_a_breakdown_is_not_sent_again(database_url: str) -> None:
    async with a_postroom(database_url) as room:
        await room.post(*[a_letter()] * 5)
        post = BreaksDown()
        with suppress(ZeroDivisionError):
            await a_worker(room, a_server(1), post=post).once(visit(room))
        assert {each.id for each in await room.records("sent")} == set(post.good)
        assert len(await room.records("waiting")) == 3


@dataclass(frozen=True, slots=True)
class FallsOver:
    """A post that one letter breaks, each time."""

    at: str
    good: list[str] = field(default_factory=list)

    async def send(self, messages: Sequence[Message]) -> AsyncGenerator[Outcome, None]:
        for message in messages:
            if message.to == self.at:
                raise ZeroDivisionError
            self.good.append(message.to)
            yield Outcome(message.id, "sent")


async def test_one_letter_at_which_everything_breaks_does_not_keep_the_others_from_their_readers(database_url: str) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter("poison@example.com"))
        room.clock.advance(seconds=1)
        await room.post(a_letter())
        post = FallsOver("poison@example.com")
        for _ in range(2):
            with suppress(ZeroDivisionError):
                await a_worker(room, a_server(1), post=post).once(visit(room))
        assert post.good == ["ann@example.com"]
        (stuck,) = await room.records("waiting")
        assert (stuck.tries, stuck.last_error) == (1, "broken")


async def test_old_letters_are_forgotten_and_those_that_wait_are_not(database_url: str, tmp_path: Path) -> None:
    async with a_postroom(database_url) as room:
        await room.post(*[a_letter()] * 2, a_letter(to=""))
        with mailserver(tmp_path) as there:
            await a_worker(room, there.server).once(visit(room))
        room.clock.advance(days=29)
        await room.post(a_letter())
        assert await room.work(store.sweep, timedelta(days=30)) == 0
        room.clock.advance(days=1, seconds=1)
        assert await room.work(store.sweep, timedelta(days=30)) == 3
        assert await room.states() == ["waiting"]


async def test_a_server_that_is_told_of_a_mail_server_sends_by_itself(database_url: str, tmp_path: Path) -> None:
    with mailserver(tmp_path, "starttls") as there:
        server = there.server
        given = {"host": server.host, "port": str(server.port), "user": USER, "password": PASSWORD, "ca": str(server.ca_file)}
        settings = {f"mail__{name}": value for name, value in given.items()}
        async with a_house(database_url, tmp_path, tools="tests.features.mail.wordy", **settings) as house:
            found = built(house.app)
            await found.database.work(lambda work: found.mail.post(work, a_letter()), Circumstance())
            while not there.box.received:
                await asyncio.sleep(0.01)
    assert there.box.received[0].recipients == ["ann@example.com"]
    assert there.box.received[0].sender == USER


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
