"""What it costs to write: a story with an event, many callers at once, many events at once, and the way into the tree."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from statistics import median

from bench.audit import limits
from bench.audit.log import Opened, last_of_hundred, timed, told
from bench.line import Goal, Line
from daemun.features.audit.signing import size_of
from daemun.ports.database import Work

STORIES, SINGLES, CALLERS, RATE, SECONDS = 1_500, 6_000, 64, 500, 6
WARM = 500


async def written(log: Opened, events: int) -> AsyncIterator[Line]:
    sqlite = log.kind == "SQLite"
    fsync = f"fsync of 4 KiB in this run: {told(limits.fsyncs(log.folder))}"
    yield await _added(log, 0.3 if sqlite else 0.5, fsync)
    yield await _singles(log, 15_000 if sqlite else 8_000, 20 if sqlite else 25, fsync)
    yield await _bulk(log, events, fsync)
    yield await _sequenced(log, 40_000 if sqlite else 30_000)
    yield await _signed(log)


async def _added(log: Opened, goal: float, fsync: str) -> Line:
    """Inside a story that is told alone, so the commit is in neither; CPU beside the clock, which the neighbours move."""
    clock, cpu = list[float](), list[float]()

    def story(work: Work, number: int) -> None:
        happening = log.login(work, number)
        began, spent = time.perf_counter(), time.thread_time()
        log.audit.append(work, happening)
        log.audit.settle(work)  # as the end of its story does
        cpu.append(time.thread_time() - spent)
        clock.append(time.perf_counter() - began)

    for number in range(STORIES):
        await log.visit.work(story, number)
    wall = last_of_hundred(clock[WARM:]) * 1e3
    note = f"median {median(clock[WARM:]) * 1e3:.3f} ms, of it CPU here {median(cpu[WARM:]) * 1e6:.0f} µs; {fsync}"
    return Line(f"added to a transaction on {log.kind}, p99", "ms", wall, goal=Goal("ours", most=goal), note=note)


async def _singles(log: Opened, goal: int, patience: int, fsync: str) -> Line:
    times, numbers = list[float](), iter(range(SINGLES))

    async def caller() -> None:
        for number in numbers:
            start = time.perf_counter()
            await log.visit.work(log.append, number)
            times.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    rate = SINGLES / (time.perf_counter() - start)
    what = f"awaited appends of {CALLERS} callers on {log.kind}"
    bare = limits.bare_rows(log.kind, log.url, log.folder)
    note = f"{told(times)} (goal p99 {patience} ms); {fsync}"
    return Line(what, "a second", rate, "bare rows, a thousand a commit", bare, rate / bare, Goal("ours", least=goal), note)


async def _bulk(log: Opened, events: int, fsync: str) -> Line:
    start = time.perf_counter()
    await log.fill(events)
    rate, bare = events / (time.perf_counter() - start), limits.bare_sealing()
    what, beside = f"durable appends, a thousand a transaction, on {log.kind}", "encrypting two parts and hashing, nothing kept"
    return Line(what, "a second", rate, beside, bare, rate / bare, Goal("ours", least=80_000), fsync)


async def _sequenced(log: Opened, goal: int) -> Line:
    waiting = await asyncio.to_thread(log.audit.ledger.waiting)
    spent = time.process_time()
    took = await asyncio.to_thread(timed, log.sequencer().once)
    spent = time.process_time() - spent
    bare = limits.bare_hashes()
    note = f"{waiting:,} events; our CPU {spent / waiting * 1e6:.1f} µs each"
    what = f"sequencer: place, tree and signature on {log.kind}"
    return Line(
        what, "a second", waiting / took, "hashing entries, nothing kept", bare, waiting / took / bare, Goal("ours", least=goal), note
    )


async def _signed(log: Opened) -> Line:
    """From the commit of an event until a checkpoint covers it, with a sequencer running and events coming evenly."""
    running = asyncio.create_task(log.sequencer().run(log.visit))
    committed, delays = list[tuple[int, float]](), list[float]()
    done, before = asyncio.Event(), (await log.audit.standing()).size

    async def watch() -> None:
        while not done.is_set() or committed:
            signed = await asyncio.to_thread(_signed_size, log) - before
            now = time.perf_counter()
            while committed and committed[0][0] < signed:
                delays.append(now - committed.pop(0)[1])
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    for number in range(RATE * SECONDS // 10):
        await log.fill(10)
        committed += [(number * 10 + each, time.perf_counter()) for each in range(10)]
        await asyncio.sleep(10 / RATE)
    done.set()
    await watching
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    p99 = last_of_hundred(delays)
    note = f"{told(delays)}; about {RATE} events a second"
    return Line(f"event to signed checkpoint on {log.kind}, p99", "s", p99, goal=Goal("ours", most=1.5), note=note)


def _signed_size(log: Opened) -> int:
    standing = log.audit.ledger.standing()
    return size_of(standing.checkpoint) if standing else 0
