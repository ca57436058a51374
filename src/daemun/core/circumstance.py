"""From where and how something is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Language = Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What an event says of the request that caused it. All of it is personal but method, path and request id."""

    request_id: str = ""
    address: str = ""
    agent: str = ""
    method: str = ""
    path: str = ""
    language: Language = "ko"
    receipts: list[str] | None = field(default=None, compare=False, repr=False)
    """Where whoever asked for receipts is told which events were recorded; None: nobody asked."""
