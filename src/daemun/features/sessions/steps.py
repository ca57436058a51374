"""What a family becomes when it is opened and when it is turned."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from daemun.core.errors import Unavailable
from daemun.features.sessions.assurance import assurance
from daemun.features.sessions.models import Family
from daemun.features.sessions.refresh import client_mark
from daemun.features.sessions.settings import SessionSettings
from daemun.ports.database import Work
from daemun.ports.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Steps:
    """Writes nothing: the values, from the work's time and circumstance and the keys of today."""

    rules: SessionSettings
    ring: Keyring

    def first(self, work: Work, user_id: str, *, remember: bool, device: str, aal: int, amr: str, country: str | None = None) -> Family:
        ends = work.now + self.rules.refresh_lifetime
        blank = Family.fresh(work, user_id, remember=remember, aal=aal, amr=amr, country=country, kind="tokens")
        return self._used(work, self._keyed(replace(blank, number=1, idle_until=ends, expires_at=ends)), device)

    def next(self, work: Work, family: Family, device: str) -> Family:
        """One number on; in the mode `reuse` the token stays, and only its last use is noted."""
        if self.rules.refresh_mode == "reuse":
            return self._used(work, family, device)
        return self._used(work, self._keyed(replace(family, number=family.number + 1, rotated_at=work.now)), device)

    def key_of(self, family: Family) -> bytes:
        """Kept for longer than any family lives; without it nothing of the family can be answered."""
        if (found := self.ring.mac_key(family.mac_key_id)) is None:
            raise Unavailable
        return found[1]

    def is_same_client(self, work: Work, family: Family, device: str) -> bool:
        """The same address and agent, or the same known device, as when the family was used last."""
        mark, device_mark = self._marks(work, family, device)
        if hmac.compare_digest(mark, family.client_mark):
            return True
        return bool(device_mark and family.device_mark) and hmac.compare_digest(device_mark or "", family.device_mark or "")

    def _keyed(self, family: Family) -> Family:
        if (found := self.ring.mac_key()) is None:
            raise Unavailable
        return replace(family, mac_key_id=found[0])

    def _used(self, work: Work, family: Family, device: str) -> Family:
        mark, device_mark = self._marks(work, family, device)
        return replace(
            family,
            signing_key_id=self.ring.signing().kid,
            used_at=work.now,
            # What has lapsed stays lapsed: use after the bound does not bring it back.
            aal=assurance(family.aal, family.assured_at, family.used_at, work.now),
            idle_until=family.expires_at if family.remember else min(family.expires_at, work.now + self.rules.refresh_idle),
            client_mark=mark,
            device_mark=device_mark,
            agent=work.circumstance.agent[:255],
            address=work.circumstance.address[:45],
        )

    def _marks(self, work: Work, family: Family, device: str) -> tuple[str, str | None]:
        key, seen = self.key_of(family), work.circumstance
        mark = client_mark(family.id, key, "client", seen.address, seen.agent)
        return mark, client_mark(family.id, key, "device", device) if device else None
