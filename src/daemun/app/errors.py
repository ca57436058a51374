"""Errors nobody expected, told to a server that speaks Sentry's protocol. Whose they are, and what was sent, stays here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from daemun import __version__
from daemun.app.parsing import Sentence
from daemun.app.settings import Settings, SettingsError
from daemun.core.noted import request_id
from daemun.core.scrubbing import scrubbed
from daemun.web.settings import ErrorsSettings

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

KEPT: Final = frozenset(
    ("event_id", "timestamp", "level", "logger", "logentry", "message", "exception", "platform", "release", "environment", "sdk", "tags")
)
"""Of an event; all else that the library gathers, or gathers in a later version, is left out."""
FRAME: Final = frozenset(("filename", "abs_path", "function", "module", "lineno", "in_app"))
SECONDS_TO_SEND: Final = 2


def report(settings: Settings) -> None:
    """For the process of a server. An application that embeds us reports its errors as it always did, ours among them."""
    chosen = settings.section("errors", ErrorsSettings)
    if chosen.dsn is None:
        return
    try:
        import sentry_sdk
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError:
        raise SettingsError([_missing("DAEMUN_ERRORS__DSN", "sentry")]) from None
    try:
        sentry_sdk.init(
            dsn=chosen.dsn.reveal(),
            environment=chosen.environment or settings.core.profile,
            release=f"daemun@{__version__}",
            # Its own integrations record requests, statements and the values of variables; ours is the log, and no more.
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            max_request_body_size="never",
            traces_sample_rate=None,
            server_name="",
            auto_session_tracking=False,
            send_client_reports=False,
            shutdown_timeout=SECONDS_TO_SEND,
            before_send=told,
        )
    except ValueError:  # the library's own sentence repeats the DSN
        raise SettingsError([_unreadable()]) from None


def told(event: Event, hint: Hint) -> Event:  # noqa: ARG001 - the library's signature
    """What leaves: where in our code, which class of error, its text without what could be somebody's, and the request's id."""
    kept: dict[str, Any] = {name: value for name, value in event.items() if name in KEPT}
    for each in kept.get("exception", {}).get("values", ()):
        each["value"] = scrubbed(str(each.get("value") or ""))
        trace = each.get("stacktrace") or {}
        trace["frames"] = [{name: value for name, value in frame.items() if name in FRAME} for frame in trace.get("frames", ())]
    if entry := kept.get("logentry"):
        # The sentence with its holes: what would fill them may be somebody's.
        kept["logentry"] = {"message": scrubbed(str(entry.get("message", "")))}
    kept["tags"] = {"request_id": request_id()} if request_id() else {}
    return kept  # type: ignore[return-value]  # a TypedDict of the same keys


def _missing(setting: str, extra: str) -> Sentence:
    return Sentence(
        f"{setting}: 이 설정에는 추가 꾸러미가 필요합니다. 설치: pip install 'daemun[{extra}]'",
        f"{setting} needs an extra package. Install it: pip install 'daemun[{extra}]'",
    )


def _unreadable() -> Sentence:
    return Sentence(
        "DAEMUN_ERRORS__DSN: DSN이 아닙니다(https://열쇠@호스트/번호).", "DAEMUN_ERRORS__DSN is no DSN (https://key@host/number)."
    )
