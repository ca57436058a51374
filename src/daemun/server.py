"""An empty host application with Daemun installed."""

from __future__ import annotations

import json
import os

from fastapi import FastAPI
from starlette.responses import Response

from daemun import __version__
from daemun.app.embed import Daemun
from daemun.app.settings import Settings
from daemun.ports.system import Clock
from daemun.web.pageroute import CurrentPages
from daemun.web.pages import ACCOUNT, SIGN_IN
from daemun.web.visit import CurrentVisit

FLAGS = "DAEMUN_FLAGS"
"""How the command line's flags reach the workers."""


def create(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    """The application. As uvicorn's factory it reads the settings itself."""
    chosen = settings or Settings.load(flags=json.loads(os.environ.get(FLAGS, "{}")))
    app = FastAPI(
        title="Daemun · 대문",
        version=__version__,
        summary="누가 들어오고, 무엇을 할 수 있는지. Who comes in, and what they may do.",
        redirect_slashes=False,  # a redirect that forwards credentials teaches clients to send them anywhere
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if chosen.core.docs else None,
    )
    app.add_api_route("/", _home, include_in_schema=False)
    Daemun(chosen, clock=clock).install(app)
    return app


async def _home(visit: CurrentVisit, pages: CurrentPages) -> Response:
    """The first thing anybody opens."""
    return pages.to(ACCOUNT if visit.actor.is_known else SIGN_IN)
