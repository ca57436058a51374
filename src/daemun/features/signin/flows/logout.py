"""A client gives its session back."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.sessions import UnknownToken
from daemun.features.signin.door import Door
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class LogOut:
    door: Door

    async def __call__(self, visit: Visit, presented: Secret) -> Refusal | None:
        if not self.door.sessions.made(presented):
            return UnknownToken()
        return await visit.work(self.door.sessions.close, presented)

    async def of_a_browser(self, visit: Visit) -> None:
        """What was over already is over."""
        if visit.browser.session:
            await visit.work(self.door.sessions.close_browser, visit.browser.session)
