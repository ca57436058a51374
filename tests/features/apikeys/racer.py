"""One of several processes that make and rotate keys. A line in says what to do, a line out says what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from typing import Any, Final

from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Missing, Refusal
from daemun.features.apikeys import ApiKeys, ApiKeySettings, Draft
from daemun.ports.database import Work

ANN: Final = Actor("user", "01K00000000000000000000ANN")
RULES: Final = ApiKeySettings(most_per_user=2, made_per_hour=1000)


def room() -> ApiKeys:
    return ApiKeys.of(RULES, b"k" * 32, SystemEntropy())


def story(keys: ApiKeys, order: dict[str, Any], work: Work) -> str:
    draft = Draft("밤 배치", ())
    if order["do"] == "make":
        return keys.make(work, ANN.id, draft, by=ANN).key.id
    key = keys.owned(work, order["key"], ANN.id)
    if key is None:
        raise Missing
    return keys.rotate(work, key, draft, old_until=None, by=ANN).key.id


async def main(url: str) -> None:
    keys, database = room(), open_database(url, clock=SystemClock(), entropy=SystemEntropy(), pool=2)
    await database.start(lambda _work, _happening: None)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            answer = {"done": await database.work(partial(story, keys, json.loads(line)), Circumstance())}
        except Refusal as refusal:
            answer = {"refused": refusal.code}
        print(json.dumps(answer), flush=True)
    await database.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
