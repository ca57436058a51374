"""A client gives its session back."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.sessions import Sessions, UnknownToken
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class LogOut:
    sessions: Sessions

    async def __call__(self, visit: Visit, presented: Secret) -> Refusal | None:
        if not self.sessions.made(presented):
            return UnknownToken()
        return await visit.work(self.sessions.close, presented)
