"""Real processes that make and rotate keys of one person at the same moment, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.features.apikeys.racer import ANN, room
from tests.racing import processes, run

from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.features import apikeys

pytestmark = pytest.mark.processes
ROUNDS, RUNNERS = 6, 4


async def test_of_those_who_make_and_rotate_at_once_no_more_succeed_than_may(database_url: str) -> None:
    """A key gets one successor, and nobody gets more keys than the house allows, whichever process is asked."""
    migrations.upgrade(database_url, {"apikeys": Path(apikeys.__file__).parent / "migrations"})
    keys, database = room(), open_database(database_url, clock=SystemClock(), entropy=SystemEntropy(), pool=2)
    await database.start(lambda _work, _happening: None)
    with processes(RUNNERS, "tests.features.apikeys.racer", database_url) as runners:
        for _ in range(ROUNDS):
            made = run(runners, *({"do": "make"} for _ in range(RUNNERS)))
            assert sorted(each.get("refused", "") for each in made) == ["", "", "api_keys_full", "api_keys_full"]
            (old, *_) = [each["done"] for each in made if "done" in each]
            rotated = run(runners, *({"do": "rotate", "key": old} for _ in range(RUNNERS)))
            assert sorted(each.get("refused", "") for each in rotated) == ["", "missing", "missing", "missing"]
            found = {each.id: each for each in await database.read(lambda tx: keys.of_user(tx, ANN.id))}
            assert found[old].replaced_by in found
            assert await database.work(lambda work: keys.end_all(work, ANN.id, "owner", by=ANN), Circumstance()) == 3
    await database.stop()
