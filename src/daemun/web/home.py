"""The first thing anybody opens."""

from __future__ import annotations

from starlette.responses import Response

from daemun.web.pageroute import CurrentPages
from daemun.web.pages import ACCOUNT, SIGN_IN
from daemun.web.visit import CurrentVisit


async def home(visit: CurrentVisit, pages: CurrentPages) -> Response:
    return pages.to(ACCOUNT if visit.actor.is_known else SIGN_IN)
