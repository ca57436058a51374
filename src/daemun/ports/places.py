"""Where an address is, more or less."""

from __future__ import annotations

from typing import Protocol


class Places(Protocol):
    """Looks up in memory: quick enough for any story, and no request leaves the machine. No answer means no knowledge, never suspicion."""

    def country(self, address: str) -> str | None:
        """ISO 3166-1 alpha-2, such as `KR`."""
        ...
