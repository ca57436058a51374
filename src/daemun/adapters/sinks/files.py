"""One JSONL file a day, in UTC, by the time of what happened."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from pathlib import Path

from daemun.ports.sinks import SENT, Answer, Record, Shipment


@dataclass(frozen=True, slots=True)
class FilesSink:
    folder: Path
    prefix: str = "security"

    def send(self, shipment: Shipment) -> Answer:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for day, records in groupby(shipment.records, lambda each: f"{each.at.astimezone(UTC):%Y-%m-%d}"):
                _append(self.folder / f"{self.prefix}-{day}.jsonl", records)
        except OSError as error:
            return Answer("away", f"disk {os.strerror(error.errno)}" if error.errno else "disk")
        return SENT

    def close(self) -> None:
        """Nothing stays open."""


def _append(path: Path, records: Iterable[Record]) -> None:
    """Durable when it returns; a disk that fills up leaves no half line behind."""
    data = b"".join(each.body + b"\n" for each in records)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        before = os.fstat(file).st_size
        try:
            while data:
                data = data[os.write(file, data) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, before)
            raise
    finally:
        os.close(file)
