"""A file that has its room already: when the disk is full it still takes a few hundred records, in the place they have."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from daemun.adapters.database import FileLock

SLOT: Final = 4096
"""A page: written whole or not at all by nearly every disk."""
LENGTH: Final = 2
LONGEST: Final = SLOT - LENGTH
FREE: Final = b"\0" * LENGTH


class SpillFile:
    def __init__(self, path: Path, slots: int) -> None:
        self._path = path
        self._slots = slots
        self._turn: FileLock | None = None

    def prepare(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._turn = self._turn or FileLock(self._path.with_name(f"{self._path.name}.lock"))
        with self._opened(os.O_CREAT) as file:
            size = os.fstat(file).st_size
            while size < self._slots * SLOT:
                # Written, not only promised: a hole, or room that was never written to, may be refused when it is needed.
                size += os.pwrite(file, bytes(min(SLOT * 64, self._slots * SLOT - size)), size)
            os.fsync(file)

    @property
    def room(self) -> int:
        """How many records it may take, as it is on the disk."""
        try:
            return self._path.stat().st_size // SLOT
        except FileNotFoundError:
            return 0

    def put(self, data: bytes) -> None:
        if len(data) > LONGEST:
            raise OSError(f"a record takes up to {LONGEST} bytes")
        with self._opened() as file:
            place = next((place for place in range(self.room) if os.pread(file, LENGTH, place * SLOT) == FREE), None)
            if place is None:
                raise OSError("the spill file is full")
            self._write(file, place, len(data).to_bytes(LENGTH, "big") + data)

    def held(self) -> list[tuple[int, bytes]]:
        if not self.room:
            return []
        with self._opened() as file:
            whole = [(place, os.pread(file, SLOT, place * SLOT)) for place in range(self.room)]
        return [(place, each[LENGTH : LENGTH + int.from_bytes(each[:LENGTH], "big")]) for place, each in whole if each[:LENGTH] != FREE]

    def drop(self, place: int) -> None:
        with self._opened() as file:
            self._write(file, place, b"")

    def take_turn(self) -> bool:
        return self._turn is not None and self._turn.try_hold()

    def end_turn(self) -> None:
        if self._turn is not None:
            self._turn.release()

    def close(self) -> None:
        if self._turn is not None:
            self._turn.close()
            self._turn = None

    def _write(self, file: int, place: int, data: bytes) -> None:
        os.pwrite(file, data.ljust(SLOT, b"\0"), place * SLOT)
        os.fdatasync(file)

    @contextmanager
    def _opened(self, flags: int = 0) -> Iterator[int]:
        """Alone in it: several processes share one file."""
        file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)
