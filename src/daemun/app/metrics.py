"""The numbers at /metrics: what all processes of this data folder counted, and what the database says now."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from daemun import __version__
from daemun.adapters.meterfiles import Ledger, merged
from daemun.core import exposition
from daemun.core.errors import Unavailable
from daemun.core.measures import ALL, BUILD, DATABASE_UP, EVENTS, Measure, Number
from daemun.core.meter import Key, Memory, Meter, Values
from daemun.plugin import EVERY_EVENT, Feature, Happening, Numbers, Permission, Subscription
from daemun.ports.database import Database, Transaction, Work
from daemun.ports.system import Entropy
from daemun.web import metrics as web
from daemun.web.settings import MetricsSettings

log = logging.getLogger("daemun.metrics")
LAST: Final = 950
OLD: Final = 10.0
"""Seconds for which the answers of the database are told again: however often it is asked, it counts no oftener."""


@dataclass(slots=True)
class Metrics:
    meter: Meter
    database: Database
    folder: Path
    entropy: Entropy
    measures: tuple[Measure, ...] = ALL
    numbers: tuple[Numbers, ...] = ()
    _ledger: Ledger | None = None
    _known: dict[Key, Values] = field(default_factory=dict)
    _known_at: float = float("-inf")

    def hear(self, features: Iterable[Feature], chores: Numbers) -> None:
        """Whom to ask, once all of them are built."""
        features = tuple(features)
        self.measures = (*ALL, *(measure for each in features for measure in each.measures))
        self.numbers = (chores, *(each.numbers for each in features if each.numbers))

    def open(self) -> None:
        """From here on the other processes of the folder see our numbers, and we see theirs."""
        try:
            self._ledger = Ledger(self.folder, f"{os.getpid()}-{self.entropy.bytes(6).hex()}")
        except OSError as error:  # a full or a foreign disk is no reason not to serve
            log.warning("numbers are this process's own: %s: %s", self.folder, error.strerror)
            return
        self.meter.keep_in(self._ledger)

    def close(self) -> None:
        if self._ledger is not None:
            self.meter.keep_in(Memory())
            self._ledger.close()
            self._ledger = None

    async def told(self) -> str:
        gauges = frozenset(each.name for each in self.measures if each.kind == "gauge")
        own = self._ledger is None
        counted = self.meter.readings() if own else await asyncio.to_thread(merged, self.folder, gauges)
        return exposition.exposed({**counted, **await self._asked(), (BUILD.name, __version__): [1.0]}, self.measures)

    async def _asked(self) -> dict[Key, Values]:
        if monotonic() - self._known_at > OLD:
            try:
                found = await self.database.survey(self._surveyed)
            except Unavailable:
                return {(DATABASE_UP.name,): [0.0]}
            self._known, self._known_at = {(each.name, *labels): [float(value)] for each, value, labels in found}, monotonic()
        return {**self._known, (DATABASE_UP.name,): [1.0]}

    def _surveyed(self, tx: Transaction) -> list[Number]:
        return [number for each in self.numbers for number in each(tx)]


def feature(chosen: MetricsSettings, metrics: Metrics) -> Feature:
    def count(work: Work, happening: Happening) -> None:
        kind = happening.event.kind
        work.after_commit(partial(metrics.meter.add, EVENTS, kind.code, kind.outcome))

    return Feature(
        "metrics",
        subscriptions=(Subscription(EVERY_EVENT, count, LAST),),
        routers=(web.router(metrics.told, chosen.token),),
        permissions=(Permission(web.PERMISSION, "운영 지표 보기", "Read the metrics", ("service_admin",)),),
    )
