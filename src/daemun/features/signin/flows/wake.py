"""A sleeping account wakes by the code its owner was sent after the right password."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import LinkRefused, User
from daemun.features.signin.door import Door
from daemun.ports.database import Work
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Wake:
    door: Door

    async def __call__(self, visit: Visit, code: Secret) -> User | Refusal:
        """Awake, and not yet in: the password was proven ten minutes ago, and proves it again."""
        return await visit.work(self._wake, code, visit.browser.flow)

    def _wake(self, work: Work, code: Secret, browser: str) -> User | Refusal:
        identity = self.door.identity
        link = identity.links.use_code(work, "wake", code, browser)
        if isinstance(link, LinkRefused):
            return link  # a wrong code must be counted
        owner = identity.directory.account(work, link.user_id)
        if owner is None or not identity.mailbox.opened_from(work, owner, link.email):
            return LinkRefused()
        if owner.status == "NORMAL":
            return owner.user
        moved = identity.move(work, owner.id, "wake", by=owner.actor)
        if isinstance(moved, Refusal):
            return LinkRefused()
        self.door.write(work, moved.move.letter, moved.account)
        return moved.user
