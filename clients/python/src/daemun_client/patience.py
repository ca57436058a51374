"""When a call is worth another try, and after how long. No clock and no dice in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daemun_client.errors import ClientError, Refused, TooMany, Unavailable, Unreachable

IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
"""RFC 9110 9.2.2: done twice is as good as done once."""


@dataclass(frozen=True, slots=True)
class Patience:
    attempts: int = 3
    first_pause: float = 0.2
    longest_pause: float = 5.0
    longest_wait: float = 30.0
    """A server that asks for more (Retry-After) is not waited for: its refusal is raised, and says how long."""
    refresh_timeout: float = 2.5
    """So short that a lost answer can be asked for again while the server still remembers it (10 s)."""

    def pause(self, failure: ClientError, attempt: int, *, repeatable: bool, dice: float) -> float | None:
        """Seconds until the next try; None when the failure stands. `dice` is in [0, 1)."""
        if not repeatable or attempt >= self.attempts or not isinstance(failure, Unreachable | TooMany | Unavailable):
            return None
        told = failure.retry_after if isinstance(failure, Refused) else None
        if told is not None:
            # Never sooner than it asks; a little later, or all who were refused together come back together.
            return told + self.first_pause * dice if told <= self.longest_wait else None
        return min(self.longest_pause, self.first_pause * 2.0 ** (attempt - 1)) * (0.5 + dice / 2)
