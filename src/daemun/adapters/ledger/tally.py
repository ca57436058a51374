"""Numbers given out by one process, in a file that is mapped into its memory: a process that is killed leaves it to whoever comes next."""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from struct import Struct
from typing import Final

from daemun.ports.ledger import Fallen
from daemun.ports.system import Entropy

NUMBERS: Final = Struct("<QQ")
"""All below the first are settled; all below the second were given out."""
SUFFIX: Final = ".tally"


@dataclass(slots=True)
class TallyFile:
    """The file is made with the first number and locked as long as the process lives."""

    folder: Path
    boot: str
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _open: dict[int, datetime] = field(default_factory=dict, init=False)
    _next: int = field(default=0, init=False)
    _file: int = field(default=-1, init=False)
    _page: mmap.mmap | None = field(default=None, init=False)

    @classmethod
    def of(cls, folder: Path, entropy: Entropy) -> TallyFile:
        return cls(folder, entropy.bytes(6).hex())

    def claim(self, at: datetime) -> int:
        with self._lock:
            page = self._page or self._made()  # first: on a full disk there is none, and no number is given out
            number, self._next = self._next, self._next + 1
            self._open[number] = at
            # Numbers are opened in rising order: the first that is still open is the least.
            NUMBERS.pack_into(page, 0, next(iter(self._open)), self._next)
        return number

    def settle(self, *numbers: int) -> None:
        with self._lock:
            for number in numbers:
                self._open.pop(number, None)

    def overdue(self, before: datetime) -> list[int]:
        with self._lock:
            return [number for number, at in self._open.items() if at < before]

    def fallen(self) -> list[Fallen]:
        paths = sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else []
        found = [_left_by(path) for path in paths if path.stem != self.boot]
        return [each for each in found if each is not None]

    def bury(self, boot: str) -> None:
        (self.folder / f"{boot}{SUFFIX}").unlink(missing_ok=True)

    def close(self) -> None:
        """Whose numbers are all settled leaves nothing behind; whose are not is taken for one that fell."""
        with self._lock:
            if self._page is None:
                return
            self._page.close()
            if not self._open:
                self.bury(self.boot)
            os.close(self._file)
            self._page = None

    def _made(self) -> mmap.mmap:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{self.boot}"
        file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.posix_fallocate(file, 0, NUMBERS.size)  # a hole would kill the process when it is written to on a full disk
        except OSError:
            draft.unlink()
            os.close(file)
            raise
        self._file, self._page = file, mmap.mmap(file, NUMBERS.size)
        draft.rename(self.folder / f"{self.boot}{SUFFIX}")  # seen by others only with its lock on it
        return self._page


def _left_by(path: Path) -> Fallen | None:
    """None while its process lives."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return Fallen(path.stem, *NUMBERS.unpack(os.pread(file, NUMBERS.size, 0)))
    except BlockingIOError:
        return None
    finally:
        os.close(file)
