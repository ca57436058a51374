"""Where the audit log is kept: one order for all processes, appended to by one of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that was written with its cause and has no place in the log yet. `mac` is by the process that wrote it."""

    id: int
    entry: bytes
    parts: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """The log as a whole. `hashes` are the roots of its full subtrees, the largest first; `checkpoint` is the last that was signed."""

    origin: str
    size: int = 0
    hashes: bytes = b""
    checkpoint: bytes = b""
    minimum: int = 0
    """The first entry that is served: those before it are pruned, tiles and all."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What a batch adds, first entry at `start`: entries with their sealed parts, and the tiles it touches as they now are."""

    start: int
    entries: Sequence[tuple[bytes, bytes]]
    tiles: Sequence[tuple[int, int, bytes]]
    hashes: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry in its place. Empty `entry`: pruned, its hash stays in the tile. An empty part is gone."""

    idx: int
    entry: bytes
    parts: bytes


class Ledger(Protocol):
    """Used from threads: each call blocks. Several processes open the same log; reading needs no lead.

    `grow` is exactly once: what waits enters the log and leaves the waiting place in one step, or is recognised when it comes again.
    It is durable when the call returns. Only who leads may call `grow` and `sign`; whoever is no longer leading,
    or finds the log at another size than it was told, gets `Overtaken` and nothing is written.
    """

    def lead(self) -> bool:
        """Whether this process alone sequences from now on, until it closes or dies."""
        ...

    def resign(self) -> None: ...

    @property
    def leads(self) -> bool:
        """Whether it led when it was last asked."""
        ...

    def found(self, origin: str) -> Standing:
        """The log as it stands; begun under this origin when there is none."""
        ...

    def standing(self) -> Standing | None: ...

    def waiting(self) -> int:
        """How many have no place yet, counted up to a bound."""
        ...

    def grow(self, most: int, extend: Callable[[Standing, Sequence[Waiting]], Growth]) -> int:
        """Moves up to so many. `extend` is called with what waits, if anything does. Returns how many were taken."""
        ...

    def sign(self, size: int, checkpoint: bytes) -> None:
        """Publishes a checkpoint, unless a larger one is."""
        ...

    def entries(self, start: int, limit: int) -> list[Kept]:
        """In their order, without holes up to the log's size."""
        ...

    def at(self, places: Sequence[int]) -> list[Kept]:
        """The entries at these places, in no order; a place that there is not yet is left out."""
        ...

    def tile(self, level: int, index: int) -> bytes | None:
        """As wide as it is now. A narrower one is a prefix of it."""
        ...

    def tiles(self, asked: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """Several at once, each by its level and index; one that there is not is left out."""
        ...

    def controls(self, start: int, limit: int) -> list[Kept]:
        """The entries that are no events, from a place on."""
        ...

    def storage(self) -> dict[str, dict[str, int]]:
        """`entries` and `bytes` of each retention class, of entries without one as `control`, and of the tiles. Reads everything."""
        ...

    def forget(self, first: int, end: int) -> int:
        """Deletes the sealed parts of these entries. Returns of how many."""
        ...

    def drop(self, first: int, end: int) -> int:
        """Deletes the bytes of these entries; their places and hashes stay. Returns of how many."""
        ...

    def close(self) -> None: ...


class Overtaken(Exception):
    """Somebody else leads, or did."""


class Pin(Protocol):
    """The last (size, root) that was signed, kept apart from the log: whoever takes the log back does not take this back."""

    def read(self) -> tuple[int, bytes] | None: ...

    def swap(self, old: tuple[int, bytes] | None, new: tuple[int, bytes]) -> None:
        """Durable when it returns. `Overtaken` when it is no longer `old`."""
        ...


@dataclass(frozen=True, slots=True)
class Fallen:
    """A process that died: it gave out the numbers below `claimed`, and all below `sure` were written down or given up openly."""

    boot: str
    sure: int
    claimed: int


class Spill(Protocol):
    """A few records on a disk that is full. Used from threads: each call blocks. Several processes share one."""

    def prepare(self) -> None:
        """Takes the room, while there is some. `OSError` when there is none."""
        ...

    @property
    def room(self) -> int:
        """How many records it may hold."""
        ...

    def put(self, data: bytes) -> None:
        """Durable when it returns; asks for no more room. `OSError` when it is full, or the record too long."""
        ...

    def held(self) -> list[tuple[int, bytes]]:
        """What is in it, and where."""
        ...

    def drop(self, place: int) -> None:
        """Overwrites it."""
        ...

    def take_turn(self) -> bool:
        """Whether this process alone empties it from now on, until `end_turn` or its end."""
        ...

    def end_turn(self) -> None: ...

    def close(self) -> None: ...


class Tally(Protocol):
    """Numbers the events of one process without a hole, so that one that is taken away is missed. Outlives the process, not the machine."""

    @property
    def boot(self) -> str:
        """A name of this process alone."""
        ...

    def claim(self, at: datetime) -> int: ...

    def settle(self, *numbers: int) -> None:
        """What they were given to is durable, or is said openly not to be."""
        ...

    def overdue(self, before: datetime) -> list[int]:
        """Given out before then, and nobody knows what became of them."""
        ...

    def fallen(self) -> list[Fallen]:
        """Other processes of this machine that died without a farewell, each told until it is buried."""
        ...

    def bury(self, boot: str) -> None: ...

    def close(self) -> None: ...
