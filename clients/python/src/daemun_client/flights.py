"""Many ask, one goes: whoever comes while somebody is under way gets the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """For threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: Future[T] | None = None

    def join(self, act: Callable[[], T]) -> T:
        while True:
            running, leads = self._boarded()
            if leads:
                return self._lead(running, act)
            try:
                return running.result()
            except CancelledError:
                continue  # whoever went was interrupted (Ctrl+C in its thread): the next one goes

    def _boarded(self) -> tuple[Future[T], bool]:
        with self._lock:
            if self._running is not None:
                return self._running, False
            self._running = Future()
            return self._running, True

    def _lead(self, running: Future[T], act: Callable[[], T]) -> T:
        try:
            answer = act()
        except Exception as error:
            self._landed()
            running.set_exception(error)
            raise
        except BaseException:
            self._landed()
            running.cancel()
            raise
        self._landed()
        running.set_result(answer)
        return answer

    def _landed(self) -> None:
        with self._lock:
            self._running = None


class AsyncFlight(Generic[T]):
    """For tasks of one loop. It is a task of its own: cancelling whoever began it cancels only their waiting."""

    def __init__(self) -> None:
        self._running: asyncio.Task[T] | None = None

    async def join(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(act())
            self._running.add_done_callback(_heard)
        return await asyncio.shield(self._running)

    async def landed(self) -> None:
        """When nothing is under way any more: an answer on its way is not thrown away."""
        if self._running is not None:
            await asyncio.wait({self._running})


def _heard(task: asyncio.Task[T]) -> None:
    """Those who waited may all be gone: the error was theirs, and nobody's is not reported at exit."""
    if not task.cancelled():
        task.exception()
