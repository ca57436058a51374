"""Posting letters: written down in the story that is their cause, and nothing more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from daemun.core.actor import Actor
from daemun.core.errors import Missing, Refusal
from daemun.features.mail import store
from daemun.features.mail.errors import LetterNotFailed
from daemun.features.mail.events import RETRIED
from daemun.features.mail.models import Envelope, Opened, Record, State
from daemun.features.mail.sealing import Sealing
from daemun.ports.database import Transaction, Work
from daemun.ports.letters import Letter
from daemun.ports.post import is_address
from daemun.ports.system import Entropy


@dataclass(frozen=True, slots=True)
class Mail:
    """The port `Letters`."""

    seal: Sealing
    becomes: State
    """Of a letter to somebody: waiting for the post, kept in the mailbox of dev, or void where no post was chosen."""
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    """Rung when this process has posted something."""

    @classmethod
    def of(cls, becomes: State, key: bytes, entropy: Entropy) -> Mail:
        return cls(Sealing(key, entropy), becomes)

    def post(self, work: Work, letter: Letter) -> None:
        if letter.to and not is_address(letter.to):
            raise ValueError("a letter is posted to one plain address or to nobody")
        letter_id = work.new_id()
        # A letter to nobody goes all the way to the post and is dropped there: what the worker does after an answer would tell who exists.
        state: State = "void" if not letter.to and self.becomes == "kept" else self.becomes
        store.add(work, letter_id, letter, self.seal.close(letter_id, letter), state)
        work.after_commit(self.bell.set)

    def forget(self, work: Work, user_id: str) -> int:
        return store.forget(work, user_id) if user_id else 0

    def about(self, tx: Transaction, user_id: str) -> Mapping[str, Any]:
        """Which letters a person was written."""
        return {"letters": store.about(tx, user_id)}

    def records(self, tx: Transaction, state: State | None, limit: int, after: str | None) -> Sequence[Record]:
        return store.records(tx, state, limit, after)

    def retry(self, work: Work, letter_id: str, by: Actor) -> Record | Refusal:
        """Due at once, with all its tries before it."""
        done = store.retry(work, letter_id)
        found = store.record(work, letter_id)
        if found is None:
            return Missing()
        if not done:
            return LetterNotFailed()
        work.publish(RETRIED.by(by, work.now, resource_id=letter_id, target=found.user_id or None, kind=found.kind))
        work.after_commit(self.bell.set)
        return found

    def open(self, envelope: Envelope) -> Opened:
        """Raises `Unreadable`."""
        return Opened(envelope.id, envelope.created_at, self.seal.open(envelope))

    def kept(self, tx: Transaction) -> Sequence[Opened]:
        """What lies in the mailbox of dev, newest first."""
        return [self.open(each) for each in store.kept(tx)]

    def kept_one(self, tx: Transaction, letter_id: str) -> Opened | None:
        found = store.kept_one(tx, letter_id)
        return self.open(found) if found else None
