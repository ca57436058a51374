"""Counting tries, for all workers together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from daemun.core.ratelimit import Bound
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class Reserved:
    """A try that counts as failed until it is forgiven."""

    id: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    key: str
    retry_after: int


class Attempts(Protocol):
    """Counts shared by every worker and every machine on the same store.

    A try is reserved, that is counted, before the slow work it protects, so that parallel guesses cannot slip through: of any number of
    concurrent `reserve` calls, at most the limit succeed. All bounds are taken or none. What cannot be counted is refused (`Unavailable`):
    fails closed.
    """

    async def reserve(self, bounds: Sequence[Bound]) -> Reserved | Blocked: ...

    async def forgive(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> None:
        """The try was no failure: uncount it everywhere, and empty the keys in `clear` (success resets the counter)."""
        ...

    def forgiving(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> Callable[[Work], None] | None:
        """`forgive` as a step of a story that is told anyway: kept or undone with it. None where counts are kept elsewhere."""
        ...
