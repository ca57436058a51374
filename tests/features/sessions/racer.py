"""One of several processes at the same family. A line in says what to do, a line out says what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.features.sessions.rooms import ANN, ISSUER, MASTER, a_ring, plain

from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.sessions import BrowserSession, Sessions, SessionSettings
from daemun.ports.database import Work

RULES = SessionSettings(grace=timedelta(minutes=1))
"""A slow machine is no other client: the grace itself is tested with a clock that stands still."""


def story(sessions: Sessions, order: dict[str, Any], work: Work) -> dict[str, Any]:
    token = Secret(order["token"])
    if order["do"] == "close":
        closed = sessions.close(work, token)
        return {"refused": closed.code} if closed else {"closed": True}
    if order["do"] == "end_all":
        return {"ended": sessions.end_all(work, ANN.user_id, "password_changed", by=MASTER)}
    if order["do"] == "again":
        renewed = sessions.reauthenticate(work, order["token"], user_id=ANN.user_id)
        return {"cookie": renewed.cookie.reveal()} if isinstance(renewed, BrowserSession) else {"refused": True}
    if order["do"] == "open":
        return {"cookie": sessions.open_browser(work, ANN, remember=False, replacing=order["token"]).cookie.reveal()}
    turned = sessions.turn(work, token)
    if isinstance(turned, Refusal):
        return {"refused": turned.code}
    return {"answer": list(plain(sessions.pair(turned, ANN)))}


async def main(url: str, folder: str) -> None:
    clock = SystemClock()
    sessions = Sessions.of(RULES, a_ring(Path(folder), clock), issuer=ISSUER, clock=clock, entropy=SystemEntropy())
    database = open_database(url, clock=clock, entropy=SystemEntropy(), pool=2)
    await database.start(lambda _work, _happening: None)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        seen = Circumstance(address=order["address"], agent="browser/1")
        print(json.dumps(await database.work(partial(story, sessions, order), seen)), flush=True)
    await database.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
