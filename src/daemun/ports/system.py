"""Time and chance, handed in so that a test can hold them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in UTC, aware, to the microsecond."""
        ...


class Entropy(Protocol):
    def bytes(self, count: int) -> bytes:
        """That many bytes nobody can guess."""
        ...
