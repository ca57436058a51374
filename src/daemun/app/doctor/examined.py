"""A running configuration as it lies before the doctor: what could be read of it, and what of it could be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from daemun.adapters.database import Condition, sqlite_path
from daemun.adapters.onlooker import Seen, Unseen
from daemun.app.house import House
from daemun.app.settings import CoreSettings, Settings
from daemun.core.sentence import Sentence
from daemun.core.setting import Profile
from daemun.plugin import S
from daemun.ports.database import Transaction
from daemun.ports.system import Clock


@dataclass(frozen=True, slots=True)
class Outside:
    """What other machines answered. Of what is not set, nothing."""

    front: Seen | Unseen | None = None
    """The public address, asked for its published keys."""
    post: str | None = None
    """Why the mail server does not let us in; empty when it does."""
    counts: str | None = None
    """What Valkey throws away when it is full; None when it did not answer."""


@dataclass(frozen=True, slots=True)
class Examined:
    """Answers `daemun.plugin.Patient`."""

    settings: Settings
    clock: Clock
    house: House | None = None
    trouble: tuple[Sentence, ...] = ()
    """Why there is no house: what would stop the start."""
    condition: Condition | None = None
    away: str = ""
    """Why the database could not be asked; empty when it was, or when there is none yet."""
    tx: Transaction | None = field(default=None, repr=False)
    outside: Outside = field(default_factory=Outside)

    @property
    def core(self) -> CoreSettings:
        return self.settings.core

    @property
    def profile(self) -> Profile:
        return self.core.profile

    @property
    def data(self) -> Path:
        return self.core.data

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def database_file(self) -> Path | None:
        url = self.core.database.reveal()
        try:
            return sqlite_path(url) if url.startswith("sqlite:") else None
        except ValueError:  # it names no file, which is told where the database is to be reached
            return None

    @property
    def database(self) -> Transaction:
        if self.tx is None:
            raise LookupError("a check that needs the database says so")
        return self.tx

    def section(self, name: str, cls: type[S]) -> S:
        return self.settings.section(name, cls)

    def wrong(self) -> list[Sentence]:
        """Everything that would stop the start, each once."""
        return list(dict.fromkeys([*self.settings.wrong(), *self.settings.unknown(), *self.trouble]))
