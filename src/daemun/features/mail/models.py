"""What is known of a letter without its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from daemun.core.circumstance import Language
from daemun.ports.letters import Letter

State = Literal["waiting", "sending", "sent", "failed", "void", "kept"]
"""void: never to be sent. kept: in the mailbox of the profile dev."""


@dataclass(frozen=True, slots=True)
class Record:
    """A letter as an administrator may see it."""

    id: str
    kind: str
    user_id: str
    language: Language
    state: State
    tries: int
    next_at: datetime
    created_at: datetime
    done_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter as it lies in the outbox."""

    id: str
    kind: str
    user_id: str
    language: Language
    tries: int
    created_at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    id: str
    created_at: datetime
    letter: Letter


@dataclass(frozen=True, slots=True)
class Lease:
    """Letters that are ours to send until it is over."""

    id: str
    until: datetime
    envelopes: tuple[Envelope, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in its reader's words."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
