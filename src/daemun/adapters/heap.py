"""The memory that the C library keeps for the next time: 19 MiB and more for each thread that has hashed."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from time import monotonic
from typing import Final

QUIET: Final = 5.0
ARENA_MAX: Final = -8  # M_ARENA_MAX of GNU's <malloc.h>


def share() -> None:
    """One heap for all threads of this process. In heaps of their own each would keep what a hash took, and none could be trimmed."""
    if tune := getattr(ctypes.CDLL(None), "mallopt", None):
        tune(ARENA_MAX, 1)


def give_back() -> None:
    """To the operating system. Where the library is not GNU's it does so by itself, or never."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


class Rest:
    """Calls once after so many seconds in which nothing was done; a moment that is noted costs next to nothing."""

    def __init__(self, then: Callable[[], None], quiet: float = QUIET) -> None:
        self._then: Final = then
        self._quiet: Final = quiet
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def after_this(self) -> None:
        self._last = monotonic()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._quiet, self._look)

    def _look(self) -> None:
        left = self._last + self._quiet - monotonic()
        self._timer = asyncio.get_running_loop().call_later(left, self._look) if left > 0 else None
        if self._timer is None:
            self._then()
