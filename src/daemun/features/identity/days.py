"""Days, where a moment would be too fine. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(at: datetime) -> int:
    """Days since 1970, in UTC."""
    return (at - FIRST).days
