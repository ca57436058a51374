"""One JSONL file a day, in UTC. Several processes append: a line is one write to a file opened for appending."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

log = logging.getLogger("daemun.dated_log")


@dataclass(slots=True)
class DatedFiles:
    folder: Path
    prefix: str = "security"
    lost: int = 0
    _day: str = field(default="", init=False)
    _file: int = field(default=-1, init=False)

    def write(self, at: datetime, line: Mapping[str, str | int | None]) -> None:
        stamp = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        text = json.dumps({"at": stamp, **line}, ensure_ascii=True, separators=(",", ":")) + "\n"
        try:
            os.write(self._of(stamp[:10]), text.encode("ascii"))
        except OSError:
            self.lost += 1
            log.exception("a line of the dated log is lost (%d so far)", self.lost)

    def _of(self, day: str) -> int:
        if day != self._day:
            self.close()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.folder / f"{self.prefix}-{day}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._day = day
        return self._file

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = -1, ""
