"""Who asked for what they may not: told once a minute for each actor and permission."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.features.access.events import ACCESS_DENIED
from daemun.ports.database import Database, Work
from daemun.ports.system import Clock

log = logging.getLogger("daemun.access")
ONCE_IN: Final = timedelta(minutes=1)
REMEMBERED: Final = 4096


@dataclass(slots=True)
class Denials:
    """The bound is this process's own and costs no write: a loop that is refused must stay cheaper than one that is served. Several
    processes tell as many times as they are."""

    clock: Clock
    lost: int = 0
    _told: dict[tuple[str, str], datetime] = field(default_factory=dict, init=False, repr=False)

    async def denied(self, database: Database, circumstance: Circumstance, actor: Actor, permission: str, path: str) -> None:
        if not self._is_news(actor, permission):
            return

        def story(work: Work) -> None:
            work.publish(ACCESS_DENIED.by(actor, work.now, permission=permission, path=path))

        try:
            await database.work(story, circumstance)
        except Unavailable:
            # Nothing was let in, so nothing fails open: the refusal stands without its record.
            self.lost += 1
            log.exception("a refusal could not be recorded (%d so far)", self.lost)

    def _is_news(self, actor: Actor, permission: str) -> bool:
        key, now = (str(actor), permission), self.clock.now()
        last = self._told.pop(key, None)
        is_news = last is None or not timedelta() <= now - last < ONCE_IN
        self._told[key] = now if is_news or last is None else last
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]  # whoever has been quiet for longest
        return is_news
