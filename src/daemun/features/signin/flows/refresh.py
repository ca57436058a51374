"""A client renews its tokens."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.sessions import RefreshRefused, TokenPair
from daemun.features.signin.door import Door, holder_of
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Refresh:
    door: Door

    async def __call__(self, visit: Visit, presented: Secret) -> TokenPair | Refusal:
        if not self.door.sessions.made(presented):
            return RefreshRefused()
        return await visit.work(self._turn, presented, self.door.device_of(visit))

    def _turn(self, work: Work, presented: Secret, device: str) -> TokenPair | Refusal:
        sessions = self.door.sessions
        turned = sessions.turn(work, presented, device=device)
        if isinstance(turned, Refusal):
            return turned  # a killed family must be written
        # Not locked: whoever suspends a user ends the families in the same story, and waits for this one to do it.
        user = self.door.identity.user(work, turned.user_id)
        if user is None or not user.is_active:
            return sessions.refuse(work, turned, "user_inactive")
        return sessions.refreshed(work, turned, holder_of(user))
