"""The post: carries messages to the mail servers of their readers."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from daemun.core.circumstance import Language

# No question mark: whoever writes or reads the header would take `=?utf-8?q?a=2Cb?=` for other letters (RFC 2047), or fall over it.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def is_address(text: str) -> bool:
    """One mailbox and nothing beside it: no name, no second recipient, no line break."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Message:
    """Ready to be sent. What could smuggle a header or a recipient in cannot be made into one."""

    id: str
    """The same at every try, so that a mailbox can drop a double."""
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: Language
    date: datetime

    def __post_init__(self) -> None:
        if not is_address(self.to):
            raise ValueError("a message goes to one plain address")
        if not self.subject.isprintable():
            raise ValueError("a subject is one line")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. `error` is a code and a class such as `550 recipient`, and never an address."""

    id: str
    became: Literal["sent", "refused", "later"]
    error: str = ""


class Post(Protocol):
    """Sends messages in order, over as few connections as it can, and says of each what became of it as soon as that is known.

    sent: the next server has taken it over. refused: it will never be taken. later: worth another try. Every message has exactly one
    outcome; nothing of the network is raised. Closing the generator ends the connection.
    """

    def send(self, messages: Sequence[Message]) -> AsyncGenerator[Outcome, None]: ...
