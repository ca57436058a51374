"""The worker of every server process: takes jobs whose turn it is, does each in a thread, keeps them while they run, settles them."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daemun.core.actor import SYSTEM
from daemun.features.jobs import store
from daemun.features.jobs.doing import Doing
from daemun.features.jobs.events import COMPLETED, FAILED
from daemun.features.jobs.sealing import Unreadable
from daemun.features.jobs.service import Jobs
from daemun.features.jobs.turns import store as turns
from daemun.plugin import JobKind, JobStopped, Refusal, Unavailable, Visit, Work
from daemun.ports.jobs import Job, JobFile, Result

log = logging.getLogger("daemun.jobs")
LOOK: Final = 2.0
"""Seconds: jobs that other processes submitted, or lost, ring no bell here."""
BEAT: Final = 1.0
GRACE: Final = 3.0
TIDIED_EVERY: Final = 60.0
SCRATCH: Final = ".tmp"
"""Of a folder beside a job's file, for what is needed to write it: a process that dies leaves it, too."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of it in the thread. Neither a result nor an error: it stopped, or the database was away."""

    result: Result | None = None
    file: JobFile | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Running:
    doing: Doing
    kind: JobKind
    came: asyncio.Future[Came]


@dataclass(frozen=True, slots=True)
class Worker:
    jobs: Jobs
    kinds: Mapping[str, JobKind]
    folder: Path

    async def run(self, visit: Visit) -> None:
        """Until cancelled. What runs then is given back, and another process begins it anew."""
        running = dict[str, Running]()
        tidying = asyncio.create_task(self._tidying(visit))
        try:
            while True:
                self.jobs.bell.clear()
                try:
                    await self._fill(visit, running)
                    await self._rest(running)
                    await self._beat(visit, running)
                except Unavailable:  # a lease outlives a short absence of the database
                    await asyncio.sleep(BEAT)
        finally:
            tidying.cancel()
            await self._leave(visit, running)

    async def _fill(self, visit: Visit, running: dict[str, Running]) -> None:
        names = tuple(self.kinds)
        while len(running) < self.jobs.rules.at_once and names and await visit.read(turns.any_due, names):
            await visit.work(self._bury)
            taken = await visit.work(turns.take, names, self.jobs.rules.lease)
            if taken is None:
                return
            await self._begin(visit, taken, running)

    async def _begin(self, visit: Visit, taken: turns.Taken, running: dict[str, Running]) -> None:
        kind, loop = self.kinds[taken.job.kind], asyncio.get_running_loop()
        try:
            params = self.jobs.opened(taken.job, taken.params)
        except Unreadable:
            log.warning("job %s was submitted under other secrets", taken.job.id)
            await visit.work(self._fail, taken.job, "job_unreadable")
            return
        doing = Doing(taken.job, taken.hold, params, visit, loop, self.folder)
        came: asyncio.Future[Came] = loop.create_future()
        came.add_done_callback(lambda _: self.jobs.bell.set())
        running[taken.hold] = Running(doing, kind, came)
        # No pool: the interpreter waits for a pool's threads at its end, and a job that does not listen must not hold the process.
        threading.Thread(target=_in_thread, args=(kind, doing, came), name=f"job-{doing.id}", daemon=True).start()

    async def _rest(self, running: Mapping[str, Running]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT if running else LOOK):
                await self.jobs.bell.wait()

    async def _beat(self, visit: Visit, running: dict[str, Running]) -> None:
        """Settles what ended; of the rest says that it lives, and hears what is to stop."""
        for hold in [hold for hold, each in running.items() if each.came.done()]:
            await self._settle(visit, running[hold])
            del running[hold]
        if not running:
            return
        held = {hold: each.doing.counts for hold, each in running.items()}
        ours = await visit.work(turns.renew, held, self.jobs.rules.lease)
        for hold, each in running.items():
            if hold not in ours:
                each.doing.stop = "lost"
            elif ours[hold]:
                each.doing.stop = "cancelled"

    async def _leave(self, visit: Visit, running: Mapping[str, Running]) -> None:
        for each in running.values():
            each.doing.stop = each.doing.stop or "leaving"
        if running:
            await asyncio.wait([each.came for each in running.values()], timeout=GRACE)
        for each in running.values():
            await self._settle(visit, each)

    async def _settle(self, visit: Visit, ended: Running) -> None:
        doing, came = ended.doing, ended.came.result() if ended.came.done() else Came()
        if came.result is not None:
            await visit.work(self._complete, ended, came.result, came.file)
        elif came.error is not None:
            await visit.work(self._fail, doing.job, came.error, doing.hold)
        elif doing.stop == "cancelled":
            await visit.work(self._cancel, doing.job, doing.hold)
        elif doing.stop == "leaving":
            await visit.work(turns.give_back, doing.hold)
        # Else it is another's by now; or the database was away, and the lease runs out: the next try comes after a pause.

    def _complete(self, work: Work, ended: Running, result: Result, file: JobFile | None) -> None:
        job, until = ended.doing.job, work.now + (ended.kind.kept or self.jobs.rules.keep)
        if turns.complete(work, ended.doing.hold, result, file, ended.doing.counts, until):
            work.publish(COMPLETED.by(SYSTEM, work.now, resource_id=job.id, target=target_of(job), kind=job.kind))

    def _fail(self, work: Work, job: Job, code: str, hold: str | None = None) -> None:
        if (hold is None or turns.is_held(work, hold)) and turns.failed(work, job.id, code, work.now + self.jobs.rules.keep):
            work.publish(FAILED.by(SYSTEM, work.now, resource_id=job.id, target=target_of(job), kind=job.kind, reason=code))

    def _cancel(self, work: Work, job: Job, hold: str) -> None:
        if turns.is_held(work, hold):
            turns.cancelled(work, job.id, work.now + self.jobs.rules.keep)

    def _bury(self, work: Work) -> None:
        for job, code in turns.hopeless(work):
            if code is None:
                turns.cancelled(work, job.id, work.now + self.jobs.rules.keep)
            else:
                self._fail(work, job, code)

    async def _tidying(self, visit: Visit) -> None:
        while True:
            await self.tidy(visit)
            await asyncio.sleep(TIDIED_EVERY)

    async def tidy(self, visit: Visit) -> int:
        """Removes files that are nobody's (any more). Each process does it, because each may have a folder of its own."""
        names = await asyncio.to_thread(_files, self.folder)
        keep = await visit.database.survey(lambda tx: store.lying(tx, names)) if names else set()
        gone = [name for name in names if name.removesuffix(SCRATCH) not in keep]
        for name in gone:
            await asyncio.to_thread(_remove, self.folder / name)
        return len(gone)


def target_of(job: Job) -> str | None:
    kind, _, id_ = job.owner.partition(":")
    return id_ if kind == "user" else None


def _in_thread(kind: JobKind, doing: Doing, came: asyncio.Future[Came]) -> None:
    found = _came(kind, doing)
    with suppress(RuntimeError):  # the loop is closed: it was given back, and nobody waits for this any more
        doing.loop.call_soon_threadsafe(_tell, came, found)


def _tell(came: asyncio.Future[Came], found: Came) -> None:
    if not came.done():
        came.set_result(found)


def _came(kind: JobKind, doing: Doing) -> Came:
    try:
        return Came(kind.run(doing), doing.finished())
    except JobStopped:
        return Came()
    except Unavailable:
        log.warning("job %s (%s) waits for the database", doing.id, doing.job.kind)
        return Came()
    except Refusal as refusal:
        return Came(error=refusal.code)
    except Exception:  # the rim: one job that fails must not keep the others from being done
        log.exception("job %s (%s) failed", doing.id, doing.job.kind)
        return Came(error="job_failed")


def _files(folder: Path) -> Sequence[str]:
    return [each.name for each in folder.iterdir()] if folder.is_dir() else []


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
