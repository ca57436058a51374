"""One process at a time, by a lock the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class FileLock:
    """An exclusive lock on a side file, held for a `with`; not for two threads of one process on the same object. The file stays:
    removing it would let two processes lock two files of one name."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *raised: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def try_hold(self) -> bool:
        """Whether it is held from now on, until `release`, `close` or the end of the process."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)


def beside(database: Path) -> Path:
    """The side file of a database file."""
    return database.with_name(database.name + ".lock")
