"""A client renews its tokens."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Identity
from daemun.features.sessions import RefreshRefused, Sessions, TokenPair
from daemun.features.signin.flows.login import holder_of
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Refresh:
    identity: Identity
    sessions: Sessions

    async def __call__(self, visit: Visit, presented: Secret) -> TokenPair | Refusal:
        if not self.sessions.made(presented):
            return RefreshRefused()
        return await visit.work(self._turn, presented, self.sessions.devices.device_of(visit.browser.device) or "")

    def _turn(self, work: Work, presented: Secret, device: str) -> TokenPair | Refusal:
        turned = self.sessions.turn(work, presented, device=device)
        if isinstance(turned, Refusal):
            return turned  # a killed family must be written
        # Not locked: whoever suspends a user ends the families in the same story, and waits for this one to do it.
        user = self.identity.user(work, turned.user_id)
        if user is None or not user.is_active:
            return self.sessions.refuse(work, turned, "user_inactive")
        return self.sessions.refreshed(work, turned, holder_of(user))
