"""What was signed last, in one small file: replaced whole, by one process at a time."""

from __future__ import annotations

import json
import os
from contextlib import closing
from pathlib import Path

from daemun.adapters.database import FileLock
from daemun.ports.ledger import Overtaken

Signed = tuple[int, bytes]


class PinFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Signed | None:
        try:
            said = json.loads(self._path.read_text("ascii"))
        except FileNotFoundError:
            return None
        return int(said["size"]), bytes.fromhex(said["root"])

    def swap(self, old: Signed | None, new: Signed) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(FileLock(self._path.with_name(f"{self._path.name}.lock"))) as lock, lock:
            if self.read() != old:
                raise Overtaken
            self._write(json.dumps({"size": new[0], "root": new[1].hex()}))

    def _write(self, text: str) -> None:
        draft = self._path.with_name(f".{self._path.name}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # without it a power cut may bring the old file back
        finally:
            os.close(folder)
