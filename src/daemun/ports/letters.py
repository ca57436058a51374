"""Letters to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from daemun.core.circumstance import Language
from daemun.core.secret import Secret
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to whom. `kind` names its words, which live with the capability that posts it."""

    kind: str
    to: str
    """An address; empty for nobody: written down like any other and never sent, so that time does not tell who exists."""
    language: Language
    user_id: str = ""
    """Whose letter it is: erased with them."""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    link: Secret | None = None
    code: Secret | None = None


class Letters(Protocol):
    """Posts a letter in the same work as its cause: sent after the commit and never without it, at least once, retried for a day.

    What is posted is kept encrypted, because it may hold a link, and without its words once it has been sent.
    """

    def post(self, work: Work, letter: Letter) -> None: ...

    def forget(self, work: Work, user_id: str) -> int:
        """Takes back what is not sent yet and deletes what is known of the rest; how many letters."""
        ...
