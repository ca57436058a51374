"""A job at work: its thread's side of the bridge to the event loop, where the database is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar

from daemun.features.jobs.store import stored_as
from daemun.features.jobs.turns import store as turns
from daemun.plugin import Transaction, Visit, Work
from daemun.ports.jobs import Job, JobFile, JobStopped

P = ParamSpec("P")
T = TypeVar("T")
Why = Literal["cancelled", "leaving", "lost"]
PRIVATE: Final = 0o600


class NotOurs(Exception):
    """Another process has it, or it is gone."""


@dataclass(slots=True)
class Doing:
    """The port `Doing`."""

    job: Job
    hold: str
    params: Mapping[str, Any]
    visit: Visit
    loop: asyncio.AbstractEventLoop
    folder: Path
    stop: Why | None = None
    """Set on the event loop, heard in the thread."""
    counts: tuple[int, int] = (0, 0)
    written: JobFile | None = field(default=None)

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def owner(self) -> str:
        return self.job.owner

    def read(self, query: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._listen()
        return self._wait(self.visit.database.survey(lambda tx: query(tx, *args, **kwargs)))

    def work(self, story: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._listen()
        try:
            return self._wait(self.visit.work(self._ours, lambda work: story(work, *args, **kwargs)))
        except NotOurs as lost:
            self.stop = "lost"
            raise JobStopped from lost

    def once(self, name: str, story: Callable[Concatenate[Work, P], Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        return self.work(self._once, name, lambda work: story(work, *args, **kwargs))

    def progress(self, done: int, of: int) -> None:
        self.counts = (done, of)
        self._listen()

    def file(self, name: str, media_type: str) -> Path:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.written = JobFile(name, media_type, 0, stored_as(self.id, self.hold))
        path = self.folder / self.written.stored
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE))
        return path

    def finished(self) -> JobFile | None:
        """Its file, durable."""
        if self.written is None:
            return None
        with (self.folder / self.written.stored).open("rb") as file:
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        return JobFile(self.written.name, self.written.media_type, size, self.written.stored)

    def _listen(self) -> None:
        if self.stop is not None:
            raise JobStopped

    def _wait(self, asked: Awaitable[T]) -> T:
        """The loop's answer, in this thread. Whoever closes the loop has given the job back before."""
        future = asyncio.run_coroutine_threadsafe(_awaited(asked), self.loop)
        try:
            return future.result()
        except CancelledError as gone:
            raise JobStopped from gone

    def _ours(self, work: Work, story: Callable[[Work], T]) -> T:
        if not turns.is_held(work, self.hold):
            raise NotOurs
        return story(work)

    def _once(self, work: Work, name: str, story: Callable[[Work], Any]) -> Any:
        if done := turns.step(work, self.id, name):
            return done[0]
        said = story(work)
        turns.remember(work, self.id, name, said)
        return said


async def _awaited(asked: Awaitable[T]) -> T:
    return await asked
