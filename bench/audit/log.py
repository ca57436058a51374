"""A log on a database of its own, as the house opens it, and events like those of logins."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

from bench.servers import Kind
from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.ledger import PinFile, TallyFile, open_ledger
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.event import EventKind, Happening
from daemun.features.audit import Audit, AuditSettings, Sequencer
from daemun.ports.database import Database, Work
from daemun.web.visit import Visit

PEOPLE = 500
LOGIN = EventKind("auth.login", "success", "login", resource_type="session", fields={"remember": "public", "by": "public"})
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
SEEN = Circumstance("req_0123456789abcdef01234567", "203.0.113.9", AGENT, "POST", "/auth/login")
MIGRATIONS = Path(__file__).parents[2] / "src/daemun/features/audit/migrations"


@dataclass(frozen=True, slots=True)
class Opened:
    kind: Kind
    url: str
    folder: Path
    audit: Audit
    database: Database

    @property
    def visit(self) -> Visit:
        return Visit(self.database, SEEN)

    def sequencer(self) -> Sequencer:
        return Sequencer(self.audit.ledger, self.audit.signing, self.audit.scribe, SystemClock(), time.monotonic)

    def login(self, work: Work, number: int, at: datetime | None = None) -> Happening:
        actor = Actor("user", f"01KA{number % PEOPLE:022}")
        return Happening(work.new_id(), LOGIN.by(actor, at or work.now, resource_id=work.new_id(), remember=False, by="tokens"), SEEN)

    def append(self, work: Work, number: int) -> None:
        self.audit.append(work, self.login(work, number))

    async def fill(self, count: int, at_once: int = 1_000) -> None:
        for first in range(0, count, at_once):
            await self.visit.work(self._many, first, min(at_once, count - first))

    def _many(self, work: Work, first: int, count: int) -> None:
        for number in range(first, first + count):
            self.append(work, number)


@asynccontextmanager
async def opened(kind: Kind, url: str, folder: Path) -> AsyncIterator[Opened]:
    entropy, clock = SystemEntropy(), SystemClock()
    migrations.upgrade(url, {"audit": MIGRATIONS})
    tally = TallyFile.of(folder / "running", entropy)
    audit = Audit.of(open_ledger(url), PinFile(folder / "pin"), tally, entropy, host="localhost", settings=AuditSettings(), key=_key)
    database = open_database(url, clock=clock, entropy=entropy, pool=8)
    await database.start(lambda work, happening: None)
    await audit.open()
    try:
        yield Opened(kind, url, folder, audit, database)
    finally:
        await database.stop()
        audit.close()


def timed(deed: Callable[[], object]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def last_of_hundred(times: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(times, n=100)[98]


def told(times: Sequence[float]) -> str:
    return f"median {median(times) * 1e3:.3g} ms, p99 {last_of_hundred(times) * 1e3:.3g} ms"


def _key(purpose: str) -> bytes:
    return purpose.encode().ljust(32, b".")[:32]
