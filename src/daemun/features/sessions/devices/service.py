"""Which devices are known, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from daemun.core.actor import Actor
from daemun.core.address import truncated
from daemun.core.errors import Unavailable
from daemun.core.secret import Secret
from daemun.features.sessions.agents import described
from daemun.features.sessions.cookies import TOKEN_BYTES, cookie_text, is_genuine, parse_cookie, stored_for
from daemun.features.sessions.devices import store
from daemun.features.sessions.events import DEVICE_ADDED, DEVICE_REMOVED
from daemun.features.sessions.macs import written
from daemun.features.sessions.models import DeviceCookie, KnownDevice
from daemun.ports.database import Transaction, Work
from daemun.ports.keyring import Keyring
from daemun.ports.system import Entropy

LIFETIME: Final = timedelta(days=400)  # no browser keeps a cookie for longer
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Devices:
    """A device is the number in its cookie. It says nothing of who used it: of whom it is known is kept here, apart for each of them."""

    ring: Keyring
    entropy: Entropy

    def cookie(self, device: str | None = None) -> DeviceCookie:
        """For another 400 days under the key of today: a new device, or one whose cookie was verified."""
        if (found := self.ring.mac_key()) is None:
            raise Unavailable
        key_id, key = found
        number = device or written(self.entropy.bytes(TOKEN_BYTES))
        return DeviceCookie(number, Secret(cookie_text("known device", number, key_id, key)), LIFETIME)

    def device_of(self, value: str) -> str | None:
        """None for what the house did not make, or made under a key that is gone: that browser is a stranger again."""
        presented = parse_cookie(value)
        found = self.ring.mac_key(presented.key_id) if presented else None
        if presented is None or found is None or not is_genuine(presented, "known device", found[1]):
            return None
        return presented.token.reveal()

    def knows(self, tx: Transaction, user_id: str, device: str) -> bool:
        return store.knows(tx, user_id, stored_for(user_id, device), tx.now - LIFETIME)

    def remember(self, work: Work, user_id: str, device: str, *, by: Actor) -> bool:
        """Whether it is new to them. Asked after a login that succeeded, or a link that was read in their mailbox, and only then."""
        work.lock(f"sessions:{user_id}")
        is_new, seen = not self.knows(work, user_id, device), work.circumstance
        known = KnownDevice(stored_for(user_id, device), described(seen.agent), work.now, work.now, truncated(seen.address))
        store.see(work, user_id, known, seen.agent[:255])
        if is_new:
            store.keep_newest(work, user_id, MOST)
            work.publish(DEVICE_ADDED.by(by, work.now, resource_id=known.id, target=user_id))
        return is_new

    def about(self, tx: Transaction, user_id: str) -> list[dict[str, Any]]:
        """All there is of one person, the newest first."""
        return store.about(tx, user_id)

    def of(self, tx: Transaction, user_id: str) -> list[KnownDevice]:
        return store.of(tx, user_id, tx.now - LIFETIME)

    def id_of(self, user_id: str, device: str) -> str:
        """By which `of` shows it."""
        return stored_for(user_id, device)

    def forget(self, work: Work, user_id: str, device_id: str, *, by: Actor) -> bool:
        """Whether it was theirs. `device_id` is the one that `of` shows."""
        return self._forgotten(work, user_id, device_id, by) > 0

    def forget_all(self, work: Work, user_id: str, *, by: Actor, but: str = "") -> int:
        """`but` is the device, as its cookie has it, that stays known."""
        if not but:
            return self._forgotten(work, user_id, None, by)
        others = (each.id for each in self.of(work, user_id) if each.id != stored_for(user_id, but))
        return sum(self._forgotten(work, user_id, each, by) for each in others)

    def sweep(self, work: Work) -> int:
        """Deletes up to a thousand whose cookies have expired; how many."""
        return store.sweep(work, work.now - LIFETIME)

    def _forgotten(self, work: Work, user_id: str, device_id: str | None, by: Actor) -> int:
        count = store.forget(work, user_id, device_id)
        if count:
            work.publish(DEVICE_REMOVED.by(by, work.now, resource_id=device_id, target=user_id, count=count))
        return count
