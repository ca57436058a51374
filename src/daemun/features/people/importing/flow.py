"""An import from its first row to its last: read, judged, decided on and written in batches. Whatever ends it, it is run again from the
beginning: whoever has come is recognised, so nobody comes twice and nobody is left out."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final, get_args

from daemun.core.errors import Unavailable
from daemun.core.event import EventKind
from daemun.features.access import UnknownRole
from daemun.features.people.desk import Desk
from daemun.features.people.events import IMPORT_BEGUN, IMPORT_DONE, IMPORT_STOPPED
from daemun.features.people.importing.judging import judged
from daemun.features.people.importing.models import Came, Fit, Outcome, Tally, Terms
from daemun.features.people.importing.rehearsing import rehearse
from daemun.features.people.importing.writing import write
from daemun.ports.arrivals import Arrival, Scratch, Source, Unfit
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit

BATCH: Final = 500
TRIES: Final = 5
Tell = Callable[[Sequence[Outcome], Tally], None]
"""Told after each batch is durable, by the order of the rows."""


@dataclass(frozen=True, slots=True)
class ImportPeople:
    desk: Desk
    readable: Callable[[str], bool]
    """Whether a login can be checked against this hash."""

    async def __call__(self, visit: Visit, source: Source, terms: Terms, tell: Tell, *, scratch: Scratch | None = None) -> Tally:
        """With a `scratch` it is a rehearsal: the same answers, and nothing happens. Raises `UnknownRole` before the first row."""
        await visit.read(self._known_roles, terms)
        tally = Tally()
        if scratch is None:
            await visit.work(self._say, IMPORT_BEGUN, visit, terms, tally)
        try:
            await self._all(visit, source, terms, tell, tally, scratch)
        except BaseException:
            if scratch is None:
                await visit.work(self._say, IMPORT_STOPPED, visit, terms, tally)
            raise
        if scratch is None:
            await visit.work(self._say, IMPORT_DONE, visit, terms, tally)
        return tally

    async def _all(self, visit: Visit, source: Source, terms: Terms, tell: Tell, tally: Tally, scratch: Scratch | None) -> None:
        """The next batch is read while this one is written."""
        rows, now = iter(source), await visit.read(_now)
        read = partial(self._read, rows, terms, now, tally)
        batch = await asyncio.to_thread(read)
        while batch:
            following = asyncio.ensure_future(asyncio.to_thread(read))
            try:
                outcomes = await self._done(visit, batch, terms, scratch)
            finally:
                await asyncio.wait([following])
            tally.count(outcomes)
            tell(outcomes, tally)
            batch = following.result()

    def _read(self, rows: Iterator[Arrival | Unfit], terms: Terms, now: datetime, tally: Tally) -> list[Fit | Outcome]:
        judge = partial(judged, terms=terms, readable=self.readable, key=self._key, now=now)
        arrivals = list(islice(rows, BATCH))
        tally.unmapped.update(
            each for arrival in arrivals if isinstance(arrival, Arrival) for each in arrival.roles if each not in terms.roles
        )
        return [judge(each) for each in arrivals]

    async def _done(self, visit: Visit, batch: Sequence[Fit | Outcome], terms: Terms, scratch: Scratch | None) -> list[Outcome]:
        fit, unfit = [each for each in batch if isinstance(each, Fit)], [each for each in batch if isinstance(each, Outcome)]
        if scratch is not None:
            outcomes = await rehearse(visit, self.desk, fit, terms, scratch)
        else:
            outcomes = await self._written(visit, fit, terms)
        return sorted((*outcomes, *unfit), key=lambda each: each.row)

    async def _written(self, visit: Visit, batch: Sequence[Fit], terms: Terms) -> list[Outcome]:
        """A busy house makes an import wait, and does not end it."""
        for number in range(TRIES - 1):
            try:
                return await visit.work(write, self.desk, visit.actor, batch, terms)
            except Unavailable:
                await asyncio.sleep(2**number)
        return await visit.work(write, self.desk, visit.actor, batch, terms)

    @property
    def _key(self) -> bytes:
        return hmac.digest(self.desk.identity.index_key, b"people who were imported", "sha256")

    def _known_roles(self, tx: Transaction, terms: Terms) -> None:
        for role in dict.fromkeys(each for ours in terms.roles.values() for each in ours):
            if self.desk.access.role(tx, role) is None:
                raise UnknownRole(role=role)

    def _say(self, work: Work, kind: EventKind, visit: Visit, terms: Terms, tally: Tally) -> None:
        counted: dict[str, int] = {} if kind is IMPORT_BEGUN else {each: tally.came[each] for each in get_args(Came)}
        work.publish(kind.by(visit.actor, work.now, resource_id=None, target=None, origin=terms.origin, **counted))


def _now(tx: Transaction) -> datetime:
    return tx.now
