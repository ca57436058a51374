"""An administrator suspends, lifts, deletes, restores or erases somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.identity import Moved
from daemun.features.people import standing
from daemun.features.people.administration.flows.hands import Hands, Needs
from daemun.features.people.telling import day, moment
from daemun.ports.database import Work

AdminMove = Literal["ban", "lift", "delete", "restore", "erase"]
NEEDS: Final[Mapping[AdminMove, Needs]] = {
    "ban": "users.manage",
    "lift": "users.manage",
    "delete": "users.manage",
    "restore": "users.manage",
    "erase": "users.erase",
}


@dataclass(frozen=True, slots=True)
class MoveSomebody:
    hands: Hands

    def __call__(self, work: Work, by: Actor, user_id: str, name: AdminMove, reason: str = "", until: datetime | None = None) -> Moved:
        """All of it, or what refuses it is raised."""
        self.hands.reach(work, by, user_id, NEEDS[name])
        moved = standing.move(self.hands.desk, work, user_id, name, by=by, reason=reason, until=until, write=self._write)
        if isinstance(moved, Refusal):
            raise moved
        return moved

    def _write(self, work: Work, moved: Moved) -> None:
        desk, account = self.hands.desk, moved.account
        match moved.move.to:
            case "BANNED" if account.status_until is not None:  # by a ban, or back to the one from before a deletion
                desk.write(
                    work, "account_suspended_until", account, reason=account.status_reason or "-", until=moment(account.status_until)
                )
            case "BANNED":
                desk.write(work, "account_suspended", account, reason=account.status_reason or "-")
            case "DELETED":
                where = desk.identity.mailbox.opens(work, account)
                back = desk.identity.links.issue(work, "restore", user_id=account.id, email=where)
                last = day(work.now + desk.identity.rules.erase_after)
                desk.write(work, "account_deleted_by_admin", account, to=where, link=desk.link("/restore", back.token), until=last)
            case _:
                desk.write(work, moved.move.letter, account)
