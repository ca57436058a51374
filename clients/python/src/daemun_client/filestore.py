"""Tokens in a file of its owner's, for command lines: several processes share one login, and renew it once."""

from __future__ import annotations

import json
import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Final

from daemun_client.errors import StoreUnusable
from daemun_client.secret import Secret
from daemun_client.tokens import Tokens

LARGEST: Final = 65_536
PRIVATE: Final = 0o600


class FileStore:
    """Needs POSIX: file modes and `flock`. The lock is a file beside it, because the file itself is replaced at every save."""

    def __init__(self, path: Path | str) -> None:
        self._path: Final = Path(path).expanduser()
        self._lock: int | None = None

    def __repr__(self) -> str:
        return f"FileStore({str(self._path)!r})"

    def reserve(self) -> bool:
        import fcntl  # not on Windows, where the package must still import

        if self._lock is not None:
            return False
        lock = self._opened(self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        except OSError as error:
            os.close(lock)
            raise StoreUnusable(f"{self._path}: cannot be locked") from error
        self._lock = lock
        return True

    def release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def load(self) -> Tokens | None:
        if not self._path.exists():
            return None
        with os.fdopen(self._opened(self._path, os.O_RDONLY), "rb") as file:
            self._ours(file.fileno())
            text = file.read(LARGEST)
        return self._parsed(text)

    def save(self, tokens: Tokens) -> None:
        draft = self._path.with_name(f"{self._path.name}.new")
        try:
            draft.unlink(missing_ok=True)
            with os.fdopen(self._opened(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "w", encoding="utf-8") as file:
                file.write(_written(tokens))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
            self._settle()
        except OSError as error:
            raise StoreUnusable(f"{self._path}: cannot be written") from error

    def clear(self) -> None:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnusable(f"{self._path}: cannot be removed") from error

    def _opened(self, path: Path, flags: int) -> int:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Whoever may write into the folder could point a link at a file of ours.
            return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
        except OSError as error:
            raise StoreUnusable(f"{path}: cannot be opened") from error

    def _ours(self, file: int) -> None:
        """As ssh asks of its keys: what others could read or change is not believed."""
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise StoreUnusable(f"{self._path}: must be a file of yours that nobody else can read (chmod 600)")

    def _parsed(self, text: bytes) -> Tokens | None:
        try:
            kept = json.loads(text)
            moments = [datetime.fromisoformat(kept[name]) for name in ("renew_at", "expires_at")]
            server, access, refresh = (str(kept[name]) for name in ("server", "access_token", "refresh_token"))
        except (ValueError, KeyError, TypeError) as error:
            raise StoreUnusable(f"{self._path}: holds no tokens; remove it and log in again") from error
        if any(each.tzinfo is None for each in moments):
            raise StoreUnusable(f"{self._path}: holds a time without a zone; remove it and log in again")
        return Tokens(server, Secret(access), Secret(refresh), *moments)

    def _settle(self) -> None:
        """The new name outlives a power cut."""
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _written(tokens: Tokens) -> str:
    return json.dumps(
        {
            "server": tokens.server,
            "access_token": tokens.access.reveal(),
            "refresh_token": tokens.refresh.reveal(),
            "renew_at": tokens.renew_at.isoformat(),
            "expires_at": tokens.expires_at.isoformat(),
        }
    )
