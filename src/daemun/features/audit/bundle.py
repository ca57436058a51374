"""An exported log: a folder or one .zip, laid out so that whoever opens it in ten years needs nothing else. Reading it asks no database.

`checkpoint` · `tile/<level>/…` · `tile/entries/…` (c2sp.org/tlog-tiles) · `blobs/…`: the sealed parts, at the path of their entries ·
`keys.txt`: the verifier keys, a line each · `README.txt`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from daemun.features.audit.errors import BundleMalformed, Refused
from daemun.features.audit.tiles import ENTRIES, FULL, tile_of, tile_path

__all__ = ["CHECKPOINT", "KEYS", "README", "Refused", "blobs_path", "entries_paths", "made_blobs", "parse_blobs", "reading", "writing"]

CHECKPOINT: Final = "checkpoint"
KEYS: Final = "keys.txt"
README: Final = "README.txt"
LENGTH_SIZE: Final = 4
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
    while at < end:
        start = at + LENGTH_SIZE
        at = start + int.from_bytes(data[at:start], "big")
        if at > end:
            raise BundleMalformed
        parts.append(data[start:at])
    if len(parts) != width:
        raise BundleMalformed
    return parts


@contextmanager
def reading(path: Path) -> Iterator[Read]:
    """What stands at a path of the bundle, or None."""
    if path.is_dir():
        yield lambda name: (path / name).read_bytes() if (path / name).is_file() else None
        return
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        yield lambda name: archive.read(name) if name in names else None


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
