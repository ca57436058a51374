"""A destination outside the house that the log is copied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Weight = Literal["info", "notice", "warning", "critical"]
Became = Literal["sent", "refused", "failed", "away"]


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it leaves the house. `body` is one line of JSON in ASCII, without its end."""

    idx: int
    at: datetime
    code: str
    weight: Weight
    body: bytes


@dataclass(frozen=True, slots=True)
class Shipment:
    """Entries `first` up to, not including, `end`. The same shipment has the same bounds at every try, so its id tells a double."""

    origin: str
    first: int
    end: int
    records: Sequence[Record]
    checkpoint: bytes = b""
    """The last signed state of the log: whoever keeps it can show later that it was rewritten."""

    @property
    def id(self) -> str:
        return f"{self.origin}/{self.first}-{self.end}"


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is a code and never the other side's words. `wait`: seconds it asked us to stay away."""

    became: Became
    error: str = ""
    wait: int = 0


SENT = Answer("sent")


class Sink(Protocol):
    """Used by one thread at a time; blocks, within a bounded time. Nothing of the network is raised.

    sent: the other side has it, as durably as it keeps anything. refused: it will never take this. failed: it took it and broke over it.
    away: nobody there, or not now, or it does not let us in; what was sent is not to blame.
    """

    def send(self, shipment: Shipment) -> Answer: ...

    def close(self) -> None: ...
