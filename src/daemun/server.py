"""An empty host application with Daemun installed."""

from __future__ import annotations

import gc
import json
import logging
import os

from fastapi import FastAPI

from daemun import __version__
from daemun.app import errors, logs
from daemun.app.embed import Daemun
from daemun.app.inside import SUMMARY, TITLE
from daemun.app.settings import Settings, SettingsError
from daemun.ports.system import Clock
from daemun.web.home import home

log = logging.getLogger("daemun.server")
UNUSABLE = 3
FLAGS = "DAEMUN_FLAGS"
"""How the command line's flags reach the workers."""


def create(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    """The application. As uvicorn's factory it reads the settings itself."""
    chosen = settings or Settings.load(flags=json.loads(os.environ.get(FLAGS, "{}")))
    app = FastAPI(title=TITLE, version=__version__, summary=SUMMARY, redirect_slashes=False, openapi_url=None)
    app.add_api_route("/", home, include_in_schema=False)
    Daemun(chosen, clock=clock).install(app, strict=True)
    return app


def worker() -> FastAPI:
    """The same for a process of its own, as uvicorn's factory: its log and its errors go where the settings say."""
    try:
        settings = Settings.load(flags=json.loads(os.environ.get(FLAGS, "{}")))
        prepare(settings)
        app = create(settings)
    except SettingsError as wrong:
        log.critical("%s", wrong)
        raise SystemExit(UNUSABLE) from None
    # What is built now stays: no collection need walk through it again, which costs the audit log's sequencer a quarter of its time.
    gc.collect()
    gc.freeze()
    return app


def prepare(settings: Settings) -> None:
    """What belongs to the process and not to the application: an application that embeds us has its own."""
    logs.configure(settings.core)
    errors.report(settings)
