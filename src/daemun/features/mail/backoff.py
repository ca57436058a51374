"""How long to wait before another try. Pure."""

from __future__ import annotations

from datetime import timedelta

PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=2),) * 12,
)
"""A day and a little, together: a server that is mended the next morning still gets its letters."""


def pause(failed: int) -> timedelta | None:
    """After so many failed tries; None when it is enough."""
    return PAUSES[failed - 1] if failed <= len(PAUSES) else None
