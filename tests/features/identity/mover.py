"""One of several processes at the same account. A line in says what to do, a line out says what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from tests.features.identity.rooms import ADMIN, Keeping, keeping

from daemun.adapters.system import SystemClock
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer
from daemun.ports.database import Work


def story(work: Work, room: Keeping, order: dict[str, Any]) -> str:
    if order["do"] == "use":
        answer: object = room.identity.links.use(work, "reset", Secret(order["token"]))
    elif order["do"] == "join":
        return joined(work, room, Newcomer(order["handle"], order["email"], "Somebody Else", Secret("x")))
    else:
        answer = room.identity.move(work, order["user"], order["do"], by=ADMIN)
    return answer.code if isinstance(answer, Refusal) else "done"


def joined(work: Work, room: Keeping, newcomer: Newcomer) -> str:
    try:
        room.identity.join(work, newcomer, "encoded", role="user")
    except Refusal as refusal:
        return refusal.code
    return "done"


async def main(url: str) -> None:
    async with keeping(url, SystemClock()) as room:
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(await room.work(story, room, json.loads(line)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
