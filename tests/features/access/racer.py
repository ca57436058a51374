"""One of several processes that change roles. A line in says what to do, a line out says what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from typing import Any

from tests.features.access.rooms import CATALOGUE, HERE, user_id

from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.access import Access, RolePolicy
from daemun.ports.database import Work


def story(policy: RolePolicy, order: dict[str, Any], work: Work) -> Any:
    by = Actor("user", user_id(order["by"]), frozenset(policy.access.catalogue))
    if order["do"] == "delete":
        return policy.delete(work, by, order["role"], force=True)
    change = policy.access.grant if order["do"] == "grant" else policy.access.take
    return change(work, by, user_id(order["whom"]), order["role"])


async def main(url: str) -> None:
    access = Access.of(CATALOGUE, alive=lambda _tx, ids: len(ids))
    database = open_database(url, clock=SystemClock(), entropy=SystemEntropy(), pool=2)
    await database.start(lambda _work, _happening: None)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            answer = {"done": await database.work(partial(story, RolePolicy(access), json.loads(line)), HERE)}
        except Refusal as refusal:
            answer = {"refused": refusal.code}
        print(json.dumps(answer), flush=True)
    await database.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
