"""Several processes at the same account at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.features.identity.rooms import Keeping, keeping, migrate

from daemun.adapters.system import SystemClock
from daemun.features.identity import User

pytestmark = pytest.mark.processes
PROCESSES = 4
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Race:
    room: Keeping
    movers: list[subprocess.Popen[str]]

    def run(self, *orders: dict[str, str]) -> list[str]:
        """What each process was answered; all were told before any was heard."""
        for mover, order in zip(self.movers, orders, strict=True):
            assert mover.stdin is not None
            mover.stdin.write(json.dumps(order) + "\n")
        for mover in self.movers:
            assert mover.stdin is not None
            mover.stdin.flush()
        return [line(each) for each in self.movers]

    def moves(self, user: User, *moves: str) -> list[str]:
        return self.run(*({"do": each, "user": user.id} for each in moves))


def line(mover: subprocess.Popen[str]) -> str:
    assert mover.stdout is not None
    return mover.stdout.readline().strip()


@contextmanager
def movers(url: str) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.features.identity.mover", url]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    try:
        assert [line(each) for each in started] == ["ready"] * PROCESSES
        yield started
    finally:
        for each in started:
            each.kill()
            each.communicate()


@pytest.fixture
async def race(database_url: str) -> AsyncIterator[Race]:
    migrate(database_url)
    async with keeping(database_url, SystemClock()) as room:
        with movers(database_url) as running:
            yield Race(room, running)


async def test_two_administrators_at_once_leave_what_one_after_the_other_would(race: Race) -> None:
    for _ in range(ROUNDS):
        user = await race.room.a_user()
        first_ban, first_delete, second_ban, second_delete = race.moves(user, "ban", "delete", "ban", "delete")
        bans, deletions = [first_ban, second_ban], [first_delete, second_delete]
        assert sorted(deletions) == ["done", "illegal_move"]
        assert bans.count("done") <= 1
        account = await race.room.account(user)
        assert (account.status, account.before_deletion) == ("DELETED", "BANNED" if "done" in bans else "NORMAL")


async def test_somebody_is_either_back_or_gone_and_never_half_of_both(race: Race) -> None:
    for _ in range(ROUNDS):
        user = await race.room.a_user()
        await race.room.becomes(user, "delete")
        answers = race.moves(user, "restore", "erase", "restore", "erase")
        assert answers.count("done") == 1
        gone = await race.room.read(race.room.identity.gone.had, user.handle)
        here = await race.room.read(race.room.identity.directory.account, user.id)
        assert gone == (here is None) == ("done" in (answers[1], answers[3]))
        assert here is None or here.status == "NORMAL"


async def test_a_handle_is_not_given_again_at_the_moment_its_owner_is_erased(race: Race) -> None:
    for number in range(ROUNDS):
        user = await race.room.a_user()
        await race.room.becomes(user, "delete")
        others = [{"do": "join", "handle": user.handle, "email": f"other{number}{each}@example.com"} for each in range(PROCESSES - 1)]
        assert race.run({"do": "erase", "user": user.id}, *others) == ["done"] + ["handle_taken"] * (PROCESSES - 1)


async def test_of_many_processes_one_uses_a_link(race: Race) -> None:
    for _ in range(ROUNDS):
        user = await race.room.a_user()
        issued = await race.room.work(race.room.identity.links.issue, "reset", user_id=user.id, email=user.email)
        answers = race.run(*({"do": "use", "token": issued.token.reveal()} for _ in range(PROCESSES)))
        assert sorted(answers) == ["done"] + ["link_invalid"] * (PROCESSES - 1)
