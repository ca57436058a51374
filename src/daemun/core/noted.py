"""What is to be remembered of the request under way, by whoever meets it, for the log and the numbers."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(slots=True)
class Note:
    """Filled in on the way: by the gate, and by whoever refuses."""

    request_id: str = ""
    code: str = ""


CURRENT: Final[ContextVar[Note | None]] = ContextVar("daemun.note", default=None)


def refused(code: str) -> None:
    """Says under which code the request under way is refused. The last word counts."""
    if note := CURRENT.get():
        note.code = code


def refused_as() -> str:
    """The code under which it was, if it was."""
    note = CURRENT.get()
    return note.code if note else ""


def request_id() -> str:
    """The one under way here; nothing outside of requests."""
    note = CURRENT.get()
    return note.request_id if note else ""
