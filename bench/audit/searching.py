"""Finding among many events of a month: pages, facets, a histogram; and how fast the picture that is searched follows the log."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Collection
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles

from bench.audit.log import PEOPLE, SEEN, Opened
from bench.line import Goal, Line
from daemun.core.actor import Actor
from daemun.core.event import EventKind, Happening
from daemun.features.audit.searching.counting import Counting
from daemun.features.audit.searching.marks import Marks
from daemun.features.audit.searching.people import Named
from daemun.features.audit.searching.projector import Projector
from daemun.features.audit.searching.search import Lexicon, Search
from daemun.ports.database import Transaction, Work

MONTH = timedelta(days=30)
ASKED, SEED = 60, 20261121
FAILED = EventKind("auth.login", "failure", "login", resource_type="session", fields={"reason": "public"})
CHANGED = EventKind("role.grant", "success", "admin", resource_type="role", fields={"role": "public"})
KINDS = (FAILED, CHANGED)
PAGES = {
    "the newest": "",
    "of one actor": "actor:user:01KA{person:022}",
    "rare, by action": "action:role.*",
    "of one actor, failed": "actor:user:01KA{person:022} outcome:failure",
    "two filters and a time": "action:auth.login -outcome:success created:{day}",
}


class Strangers:
    """Nobody is known by a name here."""

    def known_as(self, tx: Transaction, text: str) -> str | None:
        return None

    def named(self, tx: Transaction, user_id: str) -> Named | None:
        return None


async def searched(log: Opened, events: int) -> AsyncIterator[Line]:
    marks, lexicon = Marks(bytes(32)), Lexicon()
    await _fill(log, events)
    await asyncio.to_thread(log.sequencer().once)
    projector, start = Projector(log.audit, marks, lambda address: "KR", lexicon.kinds), time.perf_counter()
    count = await projector.rebuild(log.visit, lambda done, of: None)
    rate, goal = count / (time.perf_counter() - start), 25_000 if log.kind == "SQLite" else 40_000
    yield Line(f"into the search on {log.kind}", "a second", rate, goal=Goal("ours", least=goal), note=f"{count:,} events")
    search = Search(log.audit, marks, Strangers(), lexicon)
    for name, text in PAGES.items():
        times = [await _page(log, search, text) for _ in range(ASKED)]
        yield _line(f"page of 50, {name}, among {count:,} on {log.kind}", times, 5)
    counting, everything = Counting(search), search.parse("")
    asked = {"facets": lambda tx: counting.facets(tx, everything), "histogram of 30 days": lambda tx: counting.histogram(tx, everything)}
    for what, ask in asked.items():
        times = [await _asked(log, ask) for _ in range(ASKED)]
        yield _line(f"{what} among {count:,} on {log.kind}", times, 20)


async def _fill(log: Opened, events: int) -> None:
    dice = random.Random(SEED)

    def many(work: Work, first: int, count: int) -> None:
        for _ in range(count):
            kind = dice.choices((None, *KINDS), (94, 5, 1))[0]
            number, at = dice.randrange(PEOPLE), work.now - MONTH * dice.random()
            other = kind and Happening(work.new_id(), kind.by(Actor("user", f"01KA{number:022}"), at), SEEN)
            log.audit.append(work, other or log.login(work, number, at))

    for first in range(0, events, 1_000):
        await log.visit.work(many, first, 1_000)


async def _page(log: Opened, search: Search, text: str) -> float:
    day = (datetime.now(UTC) - MONTH * random.random()).date().isoformat()
    query = search.parse(text.format(person=random.randrange(PEOPLE), day=day))
    return await _asked(log, lambda tx: search.page(tx, query))


async def _asked(log: Opened, query: Callable[[Transaction], object]) -> float:
    start = time.perf_counter()
    await log.database.survey(query)
    return time.perf_counter() - start


def _line(what: str, times: Collection[float], goal: float) -> Line:
    p95 = quantiles(times, n=20)[18] * 1e3
    return Line(f"{what}, p95", "ms", p95, goal=Goal("ours", most=goal), note=f"median {median(times) * 1e3:.3g} ms")
