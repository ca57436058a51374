"""A process that carries letters. `ahead` moves its clock forward, as if it were started that much later."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta

from tests.features.mail.rooms import KEY, a_book
from tests.servers.mail import a_server

from daemun.adapters.database import open_database
from daemun.adapters.smtp import SmtpPost
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.features.mail import Mail
from daemun.features.mail.deliver import Deliver
from daemun.plugin import Visit


class AheadClock:
    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return SystemClock().now() + self._ahead


async def main(url: str, port: str, ahead: str) -> None:
    clock, entropy = AheadClock(timedelta(seconds=float(ahead))), SystemEntropy()
    database = open_database(url, clock=clock, entropy=entropy, pool=2)
    await database.start(lambda _work, _happening: None)
    worker = Deliver(
        Mail.of("waiting", KEY, entropy), a_book(), SmtpPost(a_server(int(port), timeout=20.0)), clock, entropy, look_every=0.05
    )
    print("ready", flush=True)
    await worker.run(Visit(database, Circumstance()))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
