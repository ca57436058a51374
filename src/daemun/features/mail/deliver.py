"""The worker of every server process: takes letters that are due under a lease, sends them, writes down what became of each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta

from daemun.core.actor import SYSTEM
from daemun.features.mail import store
from daemun.features.mail.backoff import pause
from daemun.features.mail.events import FAILED
from daemun.features.mail.letterbook import LetterBook, Unwritable
from daemun.features.mail.models import Envelope, Lease
from daemun.features.mail.sealing import Unreadable
from daemun.features.mail.service import Mail
from daemun.plugin import Visit
from daemun.ports.database import Work
from daemun.ports.post import Message, Outcome, Post
from daemun.ports.system import Clock, Entropy

log = logging.getLogger("daemun.mail")
LEASE = timedelta(minutes=2)
AT_WORK = timedelta(minutes=1)
"""After so long no further letter is begun: the one on its way is finished well before the lease is over."""

GRACE = 3.0
SOONEST, LATEST = 0.2, 1.2
"""Seconds between a letter's posting and its sending, by chance: the next answer to whoever asked must not be slower for it."""


@dataclass(frozen=True, slots=True)
class Deliver:
    mail: Mail
    book: LetterBook
    post: Post
    clock: Clock
    entropy: Entropy
    batch: int = 20
    look_every: float = 3.0
    """Seconds: letters that other processes posted, or whose pause is over, ring no bell here."""

    soonest: float = SOONEST
    latest: float = LATEST

    async def run(self, visit: Visit) -> None:
        """Until cancelled. A letter that is on the wire then is finished first: cut off there, it would go out twice."""
        leaving = asyncio.Event()
        while True:
            self.mail.bell.clear()
            at_work = asyncio.ensure_future(self.once(visit, leaving))
            try:
                busy = await asyncio.shield(at_work)
            except asyncio.CancelledError:
                leaving.set()
                await _ended(at_work)
                raise
            if not busy:
                await self._pause()

    async def once(self, visit: Visit, leaving: asyncio.Event | None = None) -> bool:
        """Sends what is due, one batch of it. Whether there may be more."""
        if not await visit.read(store.any_due):
            return False
        lease = await visit.work(store.lease, self.batch, LEASE)
        messages, outcomes, nobodys = self._messages(lease.envelopes)
        try:
            await self._send(messages, outcomes, leaving)
        finally:
            # Cancelled or broken as well: what was sent is written down, what was not begun is given back.
            by_id = {each.id: each for each in lease.envelopes}
            await visit.work(_settle, lease, [(by_id[each.id], each) for each in outcomes], nobodys)
        return len(lease.envelopes) == self.batch

    async def _send(self, messages: Sequence[Message], outcomes: list[Outcome], leaving: asyncio.Event | None) -> None:
        if not messages:
            return
        until = self.clock.now() + AT_WORK
        try:
            async with aclosing(self.post.send(messages)) as sending:
                async for outcome in sending:
                    outcomes.append(outcome)
                    if self.clock.now() > until or (leaving is not None and leaving.is_set()):
                        return
        except Exception:
            # The letter it broke at waits like any that failed: due at once, it would keep all behind it from their readers for ever.
            settled = {each.id for each in outcomes}
            outcomes += [Outcome(each.id, "later", "broken") for each in messages if each.id not in settled][:1]
            raise

    def _messages(self, envelopes: Sequence[Envelope]) -> tuple[list[Message], list[Outcome], list[str]]:
        """What is sent, what cannot be said, and what is to nobody: written like the others, and dropped here."""
        messages, unsayable, nobodys = list[Message](), list[Outcome](), list[str]()
        for envelope in envelopes:
            try:
                letter = self.mail.open(envelope).letter
                said = self.book.write(letter)
                if not letter.to:
                    nobodys.append(envelope.id)
                    continue
                told = (said.subject, said.text, said.html, letter.language, envelope.created_at)
                messages.append(Message(envelope.id, letter.to, *told))
            except (Unreadable, Unwritable, ValueError) as error:
                log.warning("letter %s of the kind %s cannot be written: %s", envelope.id, envelope.kind, type(error).__name__)
                unsayable.append(Outcome(envelope.id, "refused", "unwritable"))
        return messages, unsayable, nobodys

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.look_every):
                await self.mail.bell.wait()
        chance = int.from_bytes(self.entropy.bytes(4), "big") / 2**32
        await asyncio.sleep(self.soonest + chance * (self.latest - self.soonest))


async def _ended(task: asyncio.Future[bool]) -> None:
    """A server that does not answer does not keep the house open."""
    await asyncio.wait({task}, timeout=GRACE)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _settle(work: Work, lease: Lease, outcomes: Sequence[tuple[Envelope, Outcome]], nobodys: Sequence[str]) -> None:
    for letter_id in nobodys:
        store.dropped(work, letter_id)
    for envelope, outcome in outcomes:
        wait = pause(envelope.tries + 1)
        if outcome.became == "sent":
            store.sent(work, envelope.id)
        elif outcome.became == "later" and wait is not None:
            store.put_off(work, envelope.id, lease.id, wait, outcome.error)
        elif store.fail(work, envelope.id, lease.id, outcome.error):
            told = {"kind": envelope.kind, "reason": outcome.error}
            work.publish(FAILED.by(SYSTEM, work.now, resource_id=envelope.id, target=envelope.user_id or None, **told))
    store.give_back(work, lease.id)
