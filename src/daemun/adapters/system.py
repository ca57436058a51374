"""The machine's own time and chance."""

from __future__ import annotations

import os
from datetime import UTC, datetime


class SystemClock:
    """The wall clock: an administrator may set it, so order is never decided by it alone."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemEntropy:
    """The kernel's random numbers."""

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)
