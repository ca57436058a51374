"""The gate's memory: what Valkey remembers, and whether it may be believed at this moment."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Final

from daemun.adapters.database import HOLD_SECONDS, LEASE_SECONDS, LEAVING, leave, place_in, replace
from daemun.adapters.memory.lines import Lines
from daemun.adapters.memory.naming import Names
from daemun.adapters.memory.scripts import KEEP, KEPT_SECONDS, MARKED_SECONDS, RECALL
from daemun.adapters.memory.sealing import Sealing
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.core.ids import RANDOM_BYTES
from daemun.ports.database import Database, Parts
from daemun.ports.memory import NOTHING, Recollection, Slip
from daemun.ports.system import Entropy

LOOK_SECONDS: Final = 0.5
REST_SECONDS: Final = 5.0
"""So long nobody remembers after the place was left: two processes that name different servers must not take turns."""
MOST: Final = 64
TENDING: Final = Circumstance(method="INTERNAL", path="gate memory")
log = logging.getLogger("daemun.memory")


def uptime() -> float:
    """With the time a machine was suspended, where the system counts it: a lease must not outlive a night's sleep."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Lease:
    names: Names
    until: float


class ValkeyMemory:
    """Serves the event loop it is used on. Remembers only while `keep_looking` runs."""

    def __init__(self, url: str, *, index_key: bytes, sealing_key: bytes, database: Database, entropy: Entropy) -> None:
        self._lines = Lines(url)
        self._index_key = index_key
        self._sealing = Sealing(sealing_key, entropy)
        self._database = database
        self._entropy = entropy
        self._place = ""
        self._seen_at = 0.0
        self._not_before = 0.0
        self._lease: Lease | None = None
        self._keeping: set[asyncio.Task[None]] = set()

    @property
    def is_trusted(self) -> bool:
        """Whether it would answer now."""
        return self._lease is not None and self._lease.until > uptime()

    async def recall(self, name: str) -> Recollection:
        lease = self._lease
        if lease is None or lease.until <= uptime():
            return NOTHING
        names, key = lease.names, lease.names.answer(name)
        told = await self._lines.ask(names.life, RECALL, [key, names.counter, names.everybody], [names.people, self._chance()])
        if told is None:
            return NOTHING
        epoch, number, *sealed = told
        return Recollection(self._sealing.open(key, sealed[0]) if sealed else None, Slip(names.place, epoch.decode(), int(number)))

    def keep(self, slip: Slip, name: str, user_id: str, parts: Parts) -> None:
        if len(self._keeping) < MOST:
            task = asyncio.create_task(self._keep(slip, name, user_id, parts))
            self._keeping.add(task)
            task.add_done_callback(self._keeping.discard)

    async def close(self) -> None:
        await asyncio.gather(*self._keeping, return_exceptions=True)
        await self._lines.close()

    async def keep_looking(self) -> None:
        """Renews the lease by reading the row, and sees to it that the row names the server that answers."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        started = uptime()
        try:
            place = await place_in(self._database)
        except Refusal:  # the database is away: the lease runs out by itself
            return
        if place != self._place:
            self._place, self._seen_at = place, started
        remembers = place and not place.startswith(LEAVING)
        self._lease = Lease(self._names(place), started + LEASE_SECONDS) if remembers else None
        try:
            await self._tend(place, uptime())
        except Refusal as refusal:
            log.info("the gate's memory was not tended: %s", refusal.code)

    async def _tend(self, place: str, now: float) -> None:
        if place.startswith(LEAVING):
            self._not_before = now + REST_SECONDS
            if now - self._seen_at > HOLD_SECONDS:  # whoever left was killed while they waited
                await self._database.work(lambda work: replace(work, place, by=""), TENDING)
            return
        life = await self._lines.life()
        if life is None:
            return  # who cannot reach it does not remember; whoever writes will say so, if it is gone for them too
        if not place:
            if now > self._not_before:
                await self._database.work(lambda work: replace(work, "", by=f"{life}/{self._chance()}"), TENDING)
        elif self._names(place).life != life:
            log.warning("Another Valkey answers than the one that remembers: it was restarted, or processes name different ones")
            self._lease = None
            await self._database.work(lambda work: leave(work, LEAVING + self._chance()), TENDING)

    async def _keep(self, slip: Slip, name: str, user_id: str, parts: Parts) -> None:
        names = self._names(slip.place)
        key = names.answer(name)
        keys = [key, names.counter, names.everybody, names.person(user_id)]
        sealed = self._sealing.close(key, parts)
        args: list[str | int | bytes] = [slip.epoch, slip.number, names.who(user_id), KEPT_SECONDS, MARKED_SECONDS, sealed]
        await self._lines.ask(names.life, KEEP, keys, args)

    def _names(self, place: str) -> Names:
        lease = self._lease
        return lease.names if lease and lease.names.place == place else Names(self._index_key, place)

    def _chance(self) -> str:
        return self._entropy.bytes(RANDOM_BYTES).hex()
