"""The keys on disk: one file, sealed, replaced whole, written by one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.core.errors import Unavailable
from daemun.ports.keyring import KeyKind, KeyState
from daemun.ports.system import Entropy

VERSION = 1
NONCE_BYTES = 12
WRAPPING_BYTES = 32
Stamp = tuple[int, int, int]


class KeysUnreadable(Unavailable):
    """The file was sealed under another key, edited, or taken away. Fails closed: nothing is signed and nothing is accepted."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    kind: KeyKind
    kid: str
    state: KeyState
    created_at: datetime
    drops_at: datetime | None
    secret: bytes = field(repr=False)

    @property
    def shown(self) -> dict[str, str | None]:
        """What stands in the file in clear, bound to the sealed part: a retired key cannot be edited back to life."""
        return {
            "kind": self.kind,
            "kid": self.kid,
            "state": self.state,
            "created_at": self.created_at.isoformat(),
            "drops_at": self.drops_at.isoformat() if self.drops_at else None,
        }


class Keyfile:
    """`keys.json` in a folder that only its owner may enter."""

    def __init__(self, folder: Path, wrapping_key: bytes, entropy: Entropy) -> None:
        if len(wrapping_key) != WRAPPING_BYTES:
            raise ValueError("keys are sealed under 32 bytes")
        self._folder = folder
        self._path = folder / "keys.json"
        self._seal = AESGCM(wrapping_key)
        self._entropy = entropy

    def stamp(self) -> Stamp | None:
        """Differs after every write, by whichever process; None when there is no file."""
        try:
            return _stamp(os.stat(self._path))  # noqa: PTH116 - on the path of every request, and half the price of Path.stat
        except FileNotFoundError:
            return None

    def read(self) -> tuple[Stamp, tuple[StoredKey, ...]]:
        """The keys, and the stamp of exactly the file they were read from. Raises `KeysUnreadable`."""
        try:
            with self._path.open("rb") as file:
                stamp = _stamp(os.fstat(file.fileno()))
                document = json.load(file)
            return stamp, tuple(self._opened(each) for each in document["keys"])
        except (OSError, ValueError, KeyError, TypeError, InvalidTag) as error:
            raise KeysUnreadable(reason=type(error).__name__) from error

    def write(self, keys: Sequence[StoredKey]) -> None:
        """Durable when it returns; a reader sees the old file or the new one, never a part. To be called inside `alone`."""
        text = json.dumps({"version": VERSION, "keys": [self._sealed(each) for each in keys]}, indent=1)
        fresh = self._folder / f".keys-{self._entropy.bytes(8).hex()}"
        try:
            _write_durably(fresh, text.encode())
            fresh.replace(self._path)
        finally:
            fresh.unlink(missing_ok=True)
        _sync_folder(self._folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process or thread writes meanwhile. The kernel gives the lock back when its holder dies."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)  # a folder that was there before may have been open to others
        lock = os.open(self._folder / "keys.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _sealed(self, key: StoredKey) -> dict[str, str | None]:
        nonce = self._entropy.bytes(NONCE_BYTES)
        sealed = self._seal.encrypt(nonce, key.secret, _bound(key.shown))
        return {**key.shown, "nonce": b64encode(nonce).decode(), "sealed": b64encode(sealed).decode()}

    def _opened(self, entry: dict[str, Any]) -> StoredKey:
        shown = {name: entry[name] for name in ("kind", "kid", "state", "created_at", "drops_at")}
        secret = self._seal.decrypt(b64decode(entry["nonce"]), b64decode(entry["sealed"]), _bound(shown))
        # Authentic from here on: the words below are the ones that were written.
        drops_at = shown["drops_at"] and datetime.fromisoformat(shown["drops_at"])
        return StoredKey(shown["kind"], shown["kid"], shown["state"], datetime.fromisoformat(shown["created_at"]), drops_at, secret)


def _bound(shown: dict[str, Any]) -> bytes:
    return b"daemun keyring 1\0" + json.dumps(shown, sort_keys=True).encode()


def _stamp(stat: os.stat_result) -> Stamp:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Without it a power cut may bring the old file back."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
