"""Real processes at one outbox: each letter arrives, whoever dies; and once, when nobody does."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.features.mail.rooms import Postroom, a_letter, a_postroom
from tests.servers.mail import Mailserver, Postbox, mailserver

from daemun.adapters.system import SystemClock
from daemun.ports.database import Work

pytestmark = pytest.mark.processes
LETTERS = 200
PATIENCE = 200.0
PEOPLE = [f"person{number}@example.com" for number in range(LETTERS)]


@contextmanager
def carriers(count: int, url: str, there: Mailserver, *, ahead: float = 0) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.features.mail.carrier", url, str(there.server.port), str(ahead)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    try:
        for each in started:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        yield started
    finally:
        for each in started:
            each.kill()
            each.communicate()


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Postroom]:
    async with a_postroom(database_url, clock=SystemClock()) as found:
        await found.work(_post_all, found)
        yield found


def _post_all(work: Work, room: Postroom) -> None:
    for each in PEOPLE:
        room.mail.post(work, a_letter(each))


async def test_no_letter_is_lost_with_the_process_that_carried_it(room: Postroom, database_url: str, tmp_path: Path) -> None:
    with mailserver(tmp_path, box=Postbox(slow=0.005)) as there:
        with carriers(1, database_url, there) as (dying,):
            await until(lambda: len(there.box.received) > LETTERS // 4)
            dying.send_signal(signal.SIGKILL)
            dying.wait()
        assert len(there.box.received) < LETTERS, "it was amid them"
        with carriers(1, database_url, there, ahead=300):
            await until(lambda: len(set(delivered(there))) == LETTERS)
            await all_settled(room)
    assert set(delivered(there)) == set(PEOPLE)
    twice = {each: count for each, count in Counter(each.id for each in there.box.received).items() if count > 1}
    assert len(twice) <= 20, "at most the batch that the dead process held"


async def test_two_processes_never_send_one_letter_twice_in_calm_weather(room: Postroom, database_url: str, tmp_path: Path) -> None:
    with mailserver(tmp_path, box=Postbox(slow=0.002)) as there:
        with carriers(2, database_url, there):
            await all_settled(room)
        assert Counter(delivered(there)) == dict.fromkeys(PEOPLE, 1)
        assert there.box.connections >= 2, "both were at it"


async def test_a_letter_that_another_process_posted_goes_out_too(room: Postroom, database_url: str, tmp_path: Path) -> None:
    with mailserver(tmp_path) as there, carriers(1, database_url, there):
        await all_settled(room)
        await room.post(a_letter("late@example.com"))
        await until(lambda: "late@example.com" in delivered(there))


def delivered(there: Mailserver) -> list[str]:
    return [each.recipients[0] for each in there.box.received]


async def all_settled(room: Postroom) -> None:
    async with asyncio.timeout(PATIENCE):
        while {each.state for each in await room.records()} != {"sent"}:
            await asyncio.sleep(0.05)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)
