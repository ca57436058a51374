"""A process that posts letters and delivers them, or one that only sends them. Reads a count a line, answers with what it took."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime

import uvloop
from aiosmtplib import SMTP
from sqlalchemy import func, select
from tests.features.mail.rooms import a_book, a_letter, a_postroom
from tests.servers.mail import a_server

from bench.servers import ROOT
from daemun.adapters.smtp import SmtpPost
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.features.mail import store
from daemun.features.mail.deliver import Deliver
from daemun.features.mail.models import Written
from daemun.plugin import Visit
from daemun.ports.database import Transaction

READY, MADE = "ready", "made"
SENDER, READER = "gate@example.org", "ann@example.com"
AT_ONCE = 8
LOOKED_EVERY = 0.02
Round = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Told:
    cpu: float
    seconds: float


@contextmanager
def postman(port: int, how: str) -> Iterator[Callable[[int], Told]]:
    """`how`: the database with the outbox, or what is sent without one."""
    command = [sys.executable, "-m", "bench.posting", str(port), how]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:

        def told(letters: int) -> Told:
            assert process.stdin and process.stdout
            process.stdin.write(f"{letters}\n")
            process.stdin.flush()
            return Told(**json.loads(process.stdout.readline()))

        yield told
        assert process.stdin
        process.stdin.close()


@asynccontextmanager
async def delivering(port: int, url: str) -> AsyncIterator[Round]:
    """Every letter in a story of its own, as a sign-up or a forgotten password posts it; the worker of a server beside it."""
    async with a_postroom(url, clock=SystemClock()) as room:
        worker = Deliver(room.mail, a_book(), SmtpPost(a_server(port)), SystemClock(), SystemEntropy())
        carrying = asyncio.create_task(worker.run(Visit(room.database, Circumstance())))

        async def a_round(letters: int) -> None:
            await asyncio.gather(*(room.post(*[a_letter()] * len(range(lane, letters, AT_ONCE))) for lane in range(AT_ONCE)))
            while await room.database.read(_undelivered):
                await asyncio.sleep(LOOKED_EVERY)

        yield a_round
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying


def _undelivered(tx: Transaction) -> int:
    """Raises when one has failed."""
    state = store.letters.c.state
    found = {row.state: row.many for row in tx.all(select(state, func.count().label("many")).group_by(state))}
    if found.keys() - {"waiting", "sending", "sent"}:
        raise RuntimeError(f"letters have failed: {found}")
    return sum(many for name, many in found.items() if name != "sent")


@asynccontextmanager
async def sending(port: int, how: str) -> AsyncIterator[Round]:
    """The same letter over and over one connection: made into a mail once, or each time."""
    said, once = a_book().write(a_letter()), how == READY
    ready = mailed(said)
    async with SMTP(hostname="127.0.0.1", port=port, local_hostname="example.org", use_tls=False, start_tls=False) as client:

        async def a_round(letters: int) -> None:
            for _ in range(letters):
                await client.sendmail(SENDER, [READER], ready if once else mailed(said))

        yield a_round


def mailed(said: Written) -> bytes:
    """As the standard library writes it, with the headers that ours has."""
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address("대문", addr_spec=SENDER)
    mail["To"] = READER
    mail["Subject"] = said.subject
    mail["Date"] = format_datetime(SystemClock().now())
    mail["Message-ID"] = "<01K00000000000000000000001@example.org>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(said.text)
    mail.add_alternative(said.html, subtype="html")
    mail["Content-Language"] = "ko"
    return mail.as_bytes()


async def main(port: str, how: str) -> None:
    async with sending(int(port), how) if how in (READY, MADE) else delivering(int(port), how) as a_round:
        while line := await asyncio.to_thread(sys.stdin.readline):
            began, before = time.perf_counter(), time.process_time()
            await a_round(int(line))
            print(json.dumps(asdict(Told(time.process_time() - before, time.perf_counter() - began))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
