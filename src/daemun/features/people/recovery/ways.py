"""The ways back in, for both mouths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Self, TypeVar

from fastapi import Query
from starlette.responses import Response

from daemun.core.errors import Refusal
from daemun.features.identity import LinkRefused
from daemun.features.people.desk import Desk
from daemun.features.people.recovery.flows.asking import Recovery
from daemun.features.people.recovery.flows.forgot import Forgot
from daemun.features.people.recovery.flows.known_here import Back
from daemun.features.people.recovery.flows.readdress import ConfirmEmail, UndoEmail
from daemun.features.people.recovery.flows.reset import Reset
from daemun.features.people.recovery.flows.restore import AskBack, ComeBack
from daemun.features.people.recovery.flows.unlock import Unlock
from daemun.features.people.recovery.flows.verify import AskVerification, Verify
from daemun.web.cookies import Jar
from daemun.web.pages import ACCOUNT, SIGN_IN, Pages
from daemun.web.visit import Visit

T = TypeVar("T")
Token = Annotated[str, Query(max_length=512)]
WAYS: Final = {"verify": "/verify", "reset": "/forgot", "unlock": SIGN_IN, "restore": "/restore", "confirm": ACCOUNT, "undo": "/forgot"}
"""Where to go from a link that opens nothing any more."""
RESTORED: Final = {"NORMAL": "account_back", "BANNED": "account_back_suspended"}
"""What somebody who came back is told."""


@dataclass(frozen=True, slots=True)
class WaysBack:
    ask_verification: AskVerification
    verify: Verify
    forgot: Forgot
    reset: Reset
    unlock: Unlock
    ask_back: AskBack
    come_back: ComeBack
    confirm_email: ConfirmEmail
    undo_email: UndoEmail

    @classmethod
    def of(cls, desk: Desk) -> Self:
        asked = Recovery(desk)
        return cls(
            AskVerification(asked),
            Verify(desk),
            Forgot(asked),
            Reset(desk),
            Unlock(desk),
            AskBack(asked),
            ComeBack(desk),
            ConfirmEmail(desk),
            UndoEmail(desk),
        )


def kept(answer: T | Refusal) -> T:
    """A refusal that left its mark is raised here, after the commit."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def takes_along(jar: Jar, response: Response, back: Back) -> None:
    """The browser's mark. A program that keeps cookies and hands them on at the login profits as well."""
    jar.set(response, "device", back.device.cookie.reveal(), back.device.max_age)


def over(visit: Visit, pages: Pages, page: str, refusal: Refusal | None = None) -> Response:
    """A link that is used, too old or unknown: what to do next. Whatever else is refused is a page of its own."""
    if refusal is not None and not isinstance(refusal, LinkRefused):
        raise refusal
    return pages.render(visit, "people/over.html", 400, page=page, way=WAYS[page])
