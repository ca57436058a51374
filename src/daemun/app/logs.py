"""What a server writes to its terminal or collector: lines for people, or one JSON object a line."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, TextIO
from urllib.parse import quote

from daemun.app.core_settings import CoreSettings
from daemun.core.noted import request_id
from daemun.core.scrubbing import scrubbed

GREY, RED, GREEN, YELLOW, CYAN, PLAIN = "\x1b[90m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[0m"
STATUS: Final = {2: GREEN, 3: CYAN, 4: YELLOW, 5: RED}
LEVELS: Final = {logging.WARNING: YELLOW, logging.ERROR: RED, logging.CRITICAL: RED}
SAFE: Final = "/:@!$&'()*+,;=~"


def configure(core: CoreSettings, stream: TextIO | None = None) -> None:
    """For the process: also what uvicorn and other libraries say goes this way."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(Json() if core.log_format == "json" else Readable(coloured=_is_coloured(out)))
    handler.addFilter(_numbered)
    logging.basicConfig(level=core.log_level.upper(), handlers=[handler], force=True)
    for each in ("uvicorn", "uvicorn.error"):
        logging.getLogger(each).handlers.clear()
        logging.getLogger(each).propagate = True
    logging.getLogger("alembic").setLevel("WARNING")
    logging.getLogger("daemun.requests").disabled = not core.access_log


class Json(logging.Formatter):
    """`{"time": …, "level": …, "logger": …, "message": …}`, with `request_id` inside a request."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Mapping[str, Any] = getattr(record, "fields", {})
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
        line: dict[str, Any] = {"time": at, "level": record.levelname.lower(), "logger": record.name}
        line["message"] = scrubbed(record.getMessage()) if not fields else record.msg  # a word of ours
        if number := getattr(record, "request_id", ""):
            line["request_id"] = number
        line |= fields
        if record.exc_info:
            line["exception"] = scrubbed(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str, separators=(",", ":"))


class Readable(logging.Formatter):
    """One line a record; a request's as `12:00:01 GET /me 200 3.2 ms  req_…`."""

    def __init__(self, *, coloured: bool) -> None:
        super().__init__(datefmt="%H:%M:%S")
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        at, number = self._in(GREY, self.formatTime(record, self.datefmt)), getattr(record, "request_id", "")
        fields: Mapping[str, Any] | None = getattr(record, "fields", None)
        if fields is not None:
            return f"{at} {self._request(fields)}  {self._in(GREY, number)}"
        told = "".join(each if each.isprintable() else " " for each in scrubbed(record.getMessage()))
        level = self._in(LEVELS.get(record.levelno, GREY), record.levelname.lower())
        line = f"{at} {level} {record.name}: {told}" + (f"  {self._in(GREY, number)}" if number else "")
        return f"{line}\n{scrubbed(self.formatException(record.exc_info))}" if record.exc_info else line

    def _request(self, fields: Mapping[str, Any]) -> str:
        status, code = int(fields["status"]), f" {fields['code']}" if "code" in fields else ""
        # Quoted: a line break or an escape sequence in a path would write to the terminal of whoever reads.
        path = quote(str(fields["path"]), safe=SAFE)
        return f"{fields['method']} {path} {self._in(STATUS.get(status // 100, PLAIN), f'{status}{code}')} {fields['ms']} ms"

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{PLAIN}" if self._coloured and text else text


def _numbered(record: logging.LogRecord) -> bool:
    record.request_id = request_id()
    return True


def _is_coloured(stream: TextIO) -> bool:
    """https://no-color.org"""
    return "NO_COLOR" not in os.environ and (stream.isatty() or "FORCE_COLOR" in os.environ)
