"""Witnesses: what one remembers of the logs it watches over, and how another is asked."""

from __future__ import annotations

from typing import Protocol

Seen = tuple[int, bytes]
"""Size and root."""


class Memory(Protocol):
    """Of a witness. Used from threads. Durable when `swap` returns."""

    def seen(self, origin: str) -> Seen | None: ...

    def swap(self, origin: str, old: Seen | None, new: Seen) -> bool:
        """False, and nothing is changed, when it is no longer `old`."""
        ...


class Line(Protocol):
    """To one witness. Blocks, within a bounded time. Raises `OSError` or `ValueError` when nobody answered."""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        ...
