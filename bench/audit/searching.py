"""Finding among many events of a month: pages, facets, a histogram; and how fast the picture that is searched follows the log."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from statistics import median, quantiles
from typing import TypeVar

from sqlalchemy import text

from bench.audit.filling import KINDS, MONTH, fill
from bench.audit.log import LOGIN, PEOPLE, Opened, told
from bench.line import Goal, Line
from daemun.features.audit.searching import opening
from daemun.features.audit.searching.answers import EventAnswer
from daemun.features.audit.searching.counting import Counting
from daemun.features.audit.searching.drawing import store as drawing
from daemun.features.audit.searching.finding import store as finding
from daemun.features.audit.searching.marks import Marks
from daemun.features.audit.searching.people import Named
from daemun.features.audit.searching.projector import Projector
from daemun.features.audit.searching.query import Query
from daemun.features.audit.searching.search import Lexicon, Search
from daemun.ports.database import Transaction

ASKED, STAGED = 200, 2_000
ANYBODY = "actor:user:01KA{person:022}"
PAGES = {
    "the newest": "",
    "of one actor": ANYBODY,
    "rare, by action": "action:role.*",
    "of one actor, failed": f"{ANYBODY} outcome:failure",
    "two filters and a time": "action:auth.login -outcome:success created:{day}",
}
FACETED = {"": "", " of failures": "outcome:failure", " of one actor": ANYBODY}
STAGES = ("the ways and their counts", "the query", "entries and parts", "keys, checks, unsealing", "JSON")
T = TypeVar("T")
quick = random.Random(7)


class Strangers:
    """Nobody is known by a name here."""

    def known_as(self, tx: Transaction, text: str) -> str | None:
        return None

    def named(self, tx: Transaction, user_ids: Collection[str]) -> dict[str, Named]:
        return {}


async def searched(log: Opened, events: int) -> AsyncIterator[Line]:
    gc.collect()
    gc.freeze()  # as a worker of the server does when it begins
    marks, lexicon = Marks(bytes(32)), Lexicon()
    lexicon.kinds.update({each.name: each for each in (LOGIN, *KINDS)})
    if (await log.audit.standing()).size < events:
        await fill(log, events)
    projector = Projector(log.audit, marks, lambda address: "KR", lexicon.kinds)
    yield await _drawn(log, projector)
    search, among = Search(log.audit, marks, Strangers(), lexicon), f"among {(await log.audit.standing()).size:,} on {log.kind}"
    for name, words in PAGES.items():
        yield await _paged(log, search, f"page of 50, {name}, {among}", words)
    counting = Counting(search)
    for name, words in FACETED.items():
        times = [await _asked(log, partial(counting.facets, query=_query(search, words))) for _ in range(ASKED)]
        yield _line(f"facets{name} {among}", times, 20)
    times = [await _asked(log, partial(counting.histogram, query=search.parse(""))) for _ in range(ASKED)]
    yield _line(f"histogram of 30 days {among}", times, 20)
    yield await _beside(log, projector)


async def _drawn(log: Opened, projector: Projector) -> Line:
    """All of it, as `daemun audit rebuild` draws it where no server runs."""
    start, cpu = time.perf_counter(), time.process_time()
    count = await projector.rebuild(log.visit, lambda done, of: None, alone=True)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    goal = Goal("ours", least=25_000 if log.kind == "SQLite" else 40_000)
    note = f"{count:,} events; our CPU {cpu / count * 1e6:.0f} µs each, of which {await _stages(log, projector)}"
    return Line(f"into the search on {log.kind}", "a second", count / took, goal=goal, note=note)


async def _stages(log: Opened, projector: Projector) -> str:
    """What of it is spent before it is written."""
    moments = [time.perf_counter()]
    kept = await log.audit.entries(0, STAGED)
    moments.append(time.perf_counter())
    entries = opening.parsed(kept)
    moments.append(time.perf_counter())
    keys = await log.database.survey(partial(log.audit.scribe.keys.named, names=opening.names_of(entries)))
    opened = opening.opened(entries, keys)
    moments.append(time.perf_counter())
    rows = [projector.row(each) for each in opened]
    moments.append(time.perf_counter())
    drawing.told([(*row, drawing.packed(found)) for row, found in rows])
    moments.append(time.perf_counter())
    each = [(after - before) / STAGED * 1e6 for before, after in pairwise(moments)]
    return "read {:.1f}, parse {:.1f}, check and unseal {:.1f}, row and marks {:.1f}, JSON {:.1f}".format(*each)


async def _beside(log: Opened, projector: Projector) -> Line:
    """How long a story waits that is written while a server draws all of it, as after a burst."""
    alone = [await _waited(log) for _ in range(ASKED)]
    running, beside = asyncio.create_task(projector.rebuild(log.visit, lambda done, of: None)), list[float]()
    while not (await log.visit.read(drawing.standing))[1]:
        await asyncio.sleep(0.05)  # what was drawn before is wiped first
    while not running.done() and len(beside) < 10 * ASKED:
        beside.append(await _waited(log))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    p99 = quantiles(beside, n=100)[98] * 1e3
    note = f"{told(beside)}; with nothing beside it {told(alone)}"
    return Line(f"a story while the search is drawn on {log.kind}, p99", "ms", p99, note=note)


async def _waited(log: Opened) -> float:
    await asyncio.sleep(0.005)
    start = time.perf_counter()
    await log.visit.work(lambda work: work.one(text("SELECT 1")))
    return time.perf_counter() - start


async def _paged(log: Opened, search: Search, what: str, words: str) -> Line:
    times = [await _asked(log, partial(search.page, query=_query(search, words))) for _ in range(ASKED)]
    stages = [await log.database.survey(partial(_staged, search=search, query=_query(search, words))) for _ in range(ASKED // 4)]
    parts = [f"{name} {median(each) * 1e3:.2g}" for name, each in zip(STAGES, zip(*stages, strict=True), strict=True)]
    line = _line(what, times, 5)
    return Line(line.what, line.unit, line.ours, goal=line.goal, note=f"{line.note}: {', '.join(parts)}")


def _staged(tx: Transaction, search: Search, query: Query) -> Sequence[float]:
    """The same page, each stage by itself."""
    where, ways = _timed(lambda: search.where(tx, query, None))
    rows, asked = _timed(lambda: drawing.rows_of(tx, finding.page(where or (), None, 50, oldest_first=False)))
    _, read = _timed(lambda: search.audit.ledger.at([each.idx for each in rows]))
    found, shown = _timed(lambda: search.shown(tx, rows, None))  # which reads them again
    _, written = _timed(lambda: [EventAnswer.of(each, {}, str, lambda address: "KR").model_dump_json(by_alias=True) for each in found])
    return ways, asked, read, shown - read, written


def _timed(deed: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    done = deed()
    return done, time.perf_counter() - start


def _query(search: Search, words: str) -> Query:
    day = (datetime.now(UTC) - MONTH * quick.random()).date().isoformat()
    return search.parse(words.format(person=quick.randrange(PEOPLE), day=day))


async def _asked(log: Opened, query: Callable[[Transaction], object]) -> float:
    start = time.perf_counter()
    await log.database.survey(query)
    return time.perf_counter() - start


def _line(what: str, times: Collection[float], goal: float) -> Line:
    p95 = quantiles(times, n=20)[18] * 1e3
    return Line(f"{what}, p95", "ms", p95, goal=Goal("ours", most=goal), note=f"median {median(times) * 1e3:.3g} ms")
