"""An exported log: a folder or one .zip, laid out so that whoever opens it in ten years needs nothing else. Reading it asks no database.

`checkpoint` · `tile/<level>/…` · `tile/entries/…` (c2sp.org/tlog-tiles) · `blobs/…`: the sealed parts, at the path of their entries ·
`keys.txt`: the verifier keys, a line each · `README.txt`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import FileIO
from pathlib import Path
from struct import Struct, error
from typing import Final

from daemun.features.audit.errors import BundleMalformed, Refused
from daemun.features.audit.tiles import ENTRIES, FULL, tile_of, tile_path

__all__ = ["CHECKPOINT", "KEYS", "README", "Refused", "blobs_path", "entries_paths", "made_blobs", "parse_blobs", "reading", "writing"]

CHECKPOINT: Final = "checkpoint"
KEYS: Final = "keys.txt"
README: Final = "README.txt"
LENGTH_SIZE: Final = 4
length_at: Final = Struct(">I").unpack_from
Read = Callable[[str], bytes | None]
Write = Callable[[str, bytes], None]
Progress = Callable[[int, int], object]
"""How many entries are done, of how many."""


def quiet(*counted: int) -> None:
    """For nobody who watches."""


def blobs_path(index: int, width: int) -> str:
    return tile_path(ENTRIES, index, width).replace(f"tile/{ENTRIES}/", "blobs/", 1)


def entries_paths(size: int, start: int = 0) -> Iterator[tuple[int, int]]:
    """Index and width of each bundle of entries from the one that holds `start`."""
    for index in range(start // FULL, -(-size // FULL)):
        yield index, tile_of(ENTRIES, index, size).width


def made_blobs(parts: Sequence[bytes]) -> bytes:
    return b"".join(len(each).to_bytes(LENGTH_SIZE, "big") + each for each in parts)


def parse_blobs(data: bytes, width: int) -> list[bytes]:
    parts, at, end = list[bytes](), 0, len(data)
    try:
        while at < end:
            start = at + LENGTH_SIZE
            at = start + length_at(data, at)[0]
            parts.append(data[start:at])
    except error as half:  # of a length
        raise BundleMalformed from half
    if at != end or len(parts) != width:
        raise BundleMalformed
    return parts


@dataclass(frozen=True, slots=True)
class Folder:
    path: str

    def __call__(self, name: str) -> bytes | None:
        try:
            with FileIO(f"{self.path}/{name}") as file:
                return file.read()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None


class Archive:
    """Handed to another process it is opened there, once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = zipfile.ZipFile(path)
        self._names = frozenset(self._zip.namelist())

    def __call__(self, name: str) -> bytes | None:
        return self._zip.read(name) if name in self._names else None

    def __reduce__(self) -> tuple[Callable[[Path], Archive], tuple[Path]]:
        return _opened_again, (self.path,)

    def close(self) -> None:
        self._zip.close()


@lru_cache(maxsize=1)
def _opened_again(path: Path) -> Archive:
    return Archive(path)


@contextmanager
def reading(path: Path) -> Iterator[Read]:
    """What stands at a path of the bundle, or None."""
    if path.is_dir():
        yield Folder(str(path))
        return
    with closing(Archive(path)) as archive:
        yield archive


@contextmanager
def writing(path: Path) -> Iterator[Write]:
    """A new bundle: a .zip when its name says so, else a folder that is not there yet or is empty."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            yield archive.writestr
        return
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise FileExistsError(path)

    def write(name: str, data: bytes) -> None:
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    yield write
