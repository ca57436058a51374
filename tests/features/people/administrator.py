"""One of several processes in which administrators act. A line in says what to do, a line out says what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.house import FrozenClock

from daemun.app.build import House, build
from daemun.app.settings import Settings
from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer
from daemun.features.people import Hands, MoveSomebody
from daemun.features.people.administration.flows.bulk import Bulk, Chosen, Order
from daemun.web.visit import Visit


async def act(house: House, visit: Visit, order: dict[str, Any]) -> Any:
    hands = Hands(house.desk)
    match order["do"]:
        case "setup":
            made = Newcomer(order["handle"], f"{order['handle']}@example.com", "첫 관리자", Secret("Sanho-Bada-83!"))
            return (await house.set_up(visit, Secret(order["token"]), made)).id
        case "bulk":
            told = await Bulk(hands)(visit, Chosen(ids=order["whom"]), Order("suspend", "까닭"), rehearse=False)
            return {each.id: each.code or each.came for each in told}
        case move:
            await visit.work(MoveSomebody(hands), visit.actor, order["whom"], move, "까닭")
            return "done"


async def seen(house: House, order: dict[str, Any]) -> Visit:
    """As the gate saw them a moment ago."""
    visit = house.visit("race")
    if not (by := order.get("by")):
        return visit
    return replace(visit, actor=Actor("user", by, frozenset(house.access.catalogue)))


async def main(url: str, folder: str, at: str) -> None:
    """At the moment of the house beside it: links and windows mean the same in both."""
    settings = Settings.load(flags={"database_url": url, "data": f"{folder}/data"}, environ={}, cwd=Path(folder))
    house = build(settings, clock=FrozenClock(datetime.fromisoformat(at)))
    await house.open()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        try:
            answer = {"done": await act(house, await seen(house, order), order)}
        except Refusal as refusal:
            answer = {"refused": refusal.code}
        print(json.dumps(answer), flush=True)
    await house.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
