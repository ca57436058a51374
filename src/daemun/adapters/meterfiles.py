"""The numbers of a server process in a file that the others can read: whichever is asked answers for all of them."""

from __future__ import annotations

import fcntl
import json
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import add
from pathlib import Path
from typing import Final

from daemun.core.meter import Key, Values

CELLS: Final = 65_536
"""Room for some four thousand series, which few come near. All of it is taken at once: a full disk then stops no write later."""
SIZE: Final = CELLS * 8
LOCK: Final = "lock"
DEAD: Final = "gone.json"


class Ledger:
    """`<name>.cells`, and beside it `<name>.keys`, a line for each series in the order of their cells. Held by a lock while we live."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            if not any(_is_alive(each) for each in folder.glob("*.cells")):
                _clear(folder)
            self._cells_file = os.open(folder / f"{name}.cells", os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._cells_file, fcntl.LOCK_EX)
            os.posix_fallocate(self._cells_file, 0, SIZE)
            self._keys_file = os.open(folder / f"{name}.keys", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._map = mmap.mmap(self._cells_file, SIZE)
        self.cells = memoryview(self._map).cast("d")
        self._taken = 0

    def claim(self, key: Key, size: int) -> int | None:
        if self._taken + size > CELLS:
            return None
        try:
            os.write(self._keys_file, (json.dumps([size, *key]) + "\n").encode())
        except OSError:  # half a line may stand there: nothing more is written behind it
            self._taken = CELLS
            return None
        place, self._taken = self._taken, self._taken + size
        return place

    def close(self) -> None:
        """The numbers stay for whoever is asked next; the lock that says we live goes."""
        for file in (self._cells_file, self._keys_file):
            os.close(file)


def merged(folder: Path, gauges: frozenset[str]) -> dict[Key, Values]:
    """What all processes have counted, added up; of those that are gone what they counted stays, and what they held does not."""
    with _alone(folder):
        total = _read_gone(folder)
        for file in sorted(folder.glob("*.cells")):
            if not _is_alive(file):
                _add(total, {key: values for key, values in _read(file).items() if key[0] not in gauges})
                _write_gone(folder, total)
                file.unlink()
                file.with_suffix(".keys").unlink()
        for file in sorted(folder.glob("*.cells")):
            _add(total, _read(file))
    return total


def _add(total: dict[Key, Values], more: Mapping[Key, Values]) -> None:
    for key, values in more.items():
        known = total.get(key)
        total[key] = list(map(add, known, values)) if known and len(known) == len(values) else list(values)


def _read(file: Path) -> dict[Key, Values]:
    cells = memoryview(file.read_bytes()).cast("d")
    found: dict[Key, Values] = {}
    place = 0
    for line in file.with_suffix(".keys").read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):  # the last one may be half written
            size, *key = json.loads(line)
            found[tuple(key)] = cells[place : place + size].tolist()
            place += size
    return found


def _read_gone(folder: Path) -> dict[Key, Values]:
    with suppress(FileNotFoundError):
        return {tuple(key): values for key, values in json.loads((folder / DEAD).read_bytes())}
    return {}


def _write_gone(folder: Path, total: Mapping[Key, Values]) -> None:
    draft = folder / f"{DEAD}.draft"
    draft.write_text(json.dumps(list(total.items())), "utf-8")
    draft.replace(folder / DEAD)


def _is_alive(file: Path) -> bool:
    descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _clear(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name != LOCK:
            file.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
