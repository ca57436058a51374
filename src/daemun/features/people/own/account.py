"""What people do at their own account, for both mouths."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Self, TypeVar

from starlette.responses import Response

from daemun.features.people.desk import Desk
from daemun.features.people.own.flows.confirming import Confirm, Renewed
from daemun.features.people.own.flows.email import AskEmail
from daemun.features.people.own.flows.export import Export, Taken
from daemun.features.people.own.flows.keys import OwnKeys
from daemun.features.people.own.flows.leaving import Leave
from daemun.features.people.own.flows.logins import OwnLogins
from daemun.features.people.own.flows.password import ChangePassword
from daemun.features.people.own.flows.profile import OwnProfile
from daemun.features.people.own.flows.sessions import OwnSessions
from daemun.features.sessions import BrowserSession
from daemun.plugin import Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Own:
    desk: Desk
    profile: OwnProfile
    change_password: ChangePassword
    ask_email: AskEmail
    sessions: OwnSessions
    logins: OwnLogins
    leave: Leave
    export: Export
    keys: OwnKeys

    @classmethod
    def of(cls, desk: Desk) -> Self:
        confirm = Confirm(desk)
        return cls(
            desk,
            OwnProfile(desk),
            ChangePassword(confirm),
            AskEmail(confirm),
            OwnSessions(desk),
            OwnLogins(desk),
            Leave(confirm),
            Export(desk),
            OwnKeys(desk),
        )

    def renew(self, response: Response, given: Renewed) -> None:
        """A browser goes on under a new value."""
        if isinstance(given, BrowserSession):
            self.desk.jar.set(response, "session", given.cookie.reveal(), given.max_age)


async def answered(story: Awaitable[T | Refusal]) -> T | Refusal:
    """What a form is shown again with, whether it was returned or raised."""
    try:
        return await story
    except Refusal as refusal:
        return refusal


def file(taken: Taken) -> Response:
    return Response(taken.text, media_type="application/json", headers={"Content-Disposition": f'attachment; filename="{taken.name}"'})
