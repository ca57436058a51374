"""Real processes at one family at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.features.sessions.racer import RULES
from tests.features.sessions.rooms import ANN, HOME, ISSUER, MASTER, Keeping, a_ring, migrate
from tests.racing import Runner, processes, run

from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.secret import Secret
from daemun.features.sessions import Sessions

pytestmark = pytest.mark.processes
PROCESSES = 4
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Race:
    room: Keeping
    runners: list[Runner]

    def run(self, orders: list[dict[str, str]]) -> list[dict[str, Any]]:
        return run(self.runners, *({"address": HOME.address, "do": "turn"} | each for each in orders))


@pytest.fixture
async def race(database_url: str, tmp_path: Path) -> AsyncIterator[Race]:
    migrate(database_url)
    clock = SystemClock()
    ring = a_ring(tmp_path, clock)
    sessions = Sessions.of(RULES, ring, issuer=ISSUER, clock=clock, entropy=SystemEntropy())
    database = open_database(database_url, clock=clock, entropy=SystemEntropy(), pool=2)
    await database.start(lambda _work, _happening: None)
    try:
        with processes(PROCESSES, "tests.features.sessions.racer", database_url, str(tmp_path)) as running:
            yield Race(Keeping(database=database, sessions=sessions, ring=ring), running)
    finally:
        await database.stop()


def answers(outcomes: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(each["answer"]) for each in outcomes if "answer" in each]


async def test_tabs_that_refresh_at_once_all_get_the_same_answer(race: Race) -> None:
    for _ in range(ROUNDS):
        pair = await race.room.open()
        given = answers(race.run([{"token": pair.refresh.reveal()}] * PROCESSES))
        assert len(given) == PROCESSES
        assert len(set(given)) == 1
        successor = await race.room.refreshed(given[0][1])
        assert successor.session_id == pair.session_id
        assert await race.room.live(pair.session_id) is not None


async def test_a_thief_at_the_same_moment_as_the_owner_ends_the_family(race: Race) -> None:
    """ASVS 10.4.5: under concurrency too, at most one leaf, and here none. Clause 56."""
    for _ in range(ROUNDS):
        pair, other = await race.room.open(), await race.room.open()
        outcomes = race.run([{"token": pair.refresh.reveal(), "address": f"198.51.100.{each}"} for each in range(PROCESSES)])
        given = answers(outcomes)
        assert len(given) == 1
        assert {each["refused"] for each in outcomes if "refused" in each} == {"refresh_replayed"}
        assert await race.room.live(pair.session_id) is None
        await race.room.refused(given[0][1], "refresh_replayed")
        assert await race.room.live(other.session_id) is not None


async def test_no_refresh_outlives_a_logout(race: Race) -> None:
    """ASVS 7.4.1. Clause 41."""
    for _ in range(ROUNDS):
        pair = await race.room.open()
        token = pair.refresh.reveal()
        outcomes = race.run([{"token": token}, {"token": token, "do": "close"}, {"token": token}, {"token": token, "do": "close"}])
        assert [each.get("closed", False) for each in outcomes].count(True) == 1
        assert await race.room.live(pair.session_id) is None
        for each in {token, *(answer[1] for answer in answers(outcomes))}:
            await race.room.refused(each, "refresh_invalid")


async def test_no_refresh_outlives_a_changed_password(race: Race) -> None:
    """ASVS 7.4.2, RFC 9700 4.14.2. Clause 69."""
    for _ in range(ROUNDS):
        pairs = [await race.room.open() for _ in range(3)]
        orders = [{"token": each.refresh.reveal()} for each in pairs]
        outcomes = race.run([*orders, {"token": "", "do": "end_all"}])
        assert outcomes[-1] == {"ended": 3}
        for each in (*(pair.refresh for pair in pairs), *(Secret(answer[1]) for answer in answers(outcomes))):
            await race.room.refused(each, "refresh_invalid")
        assert await race.room.database.read(lambda tx: race.room.sessions.sessions_of(tx, ANN.user_id)) == []


async def alive(race: Race, outcomes: list[dict[str, Any]]) -> int:
    return [await race.room.known(each["cookie"]) is not None for each in outcomes if "cookie" in each].count(True)


async def test_of_several_cookies_given_at_once_for_one_session_one_is_good(race: Race) -> None:
    """Clause 40: ASVS 7.2.4, at the same moment in several processes."""
    for _ in range(ROUNDS):
        given = await race.room.browse()
        outcomes = race.run([{"token": given.session_id, "do": "again"}] * PROCESSES)
        assert await race.room.known(given.cookie) is None
        assert await alive(race, outcomes) == 1


async def test_no_cookie_outlives_a_changed_password(race: Race) -> None:
    """Clause 42: ASVS 7.4.2, against those who authenticate again at the same moment."""
    for _ in range(ROUNDS):
        given = await race.room.browse()
        again = {"token": given.session_id, "do": "again"}
        outcomes = race.run([again, {"token": "", "do": "end_all"}, again, again])
        assert await race.room.known(given.cookie) is None
        assert await alive(race, outcomes) == 0
        assert await race.room.listed() == []


async def test_a_cookie_that_is_replaced_several_times_at_once_ends_once(race: Race) -> None:
    for _ in range(ROUNDS):
        given = await race.room.browse()
        outcomes = race.run([{"token": given.cookie.reveal(), "do": "open"}] * PROCESSES)
        assert await race.room.known(given.cookie) is None
        assert await alive(race, outcomes) == PROCESSES
        await race.room.work(race.room.sessions.end_all, ANN.user_id, "user", by=MASTER)
