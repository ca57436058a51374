"""A log in one file a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class DatedLog(Protocol):
    """Best effort: a full disk costs lines, never a request. Lines of several processes do not mix. What fails is counted in `lost`."""

    @property
    def lost(self) -> int: ...

    def write(self, at: datetime, line: Mapping[str, str | int | None]) -> None: ...
