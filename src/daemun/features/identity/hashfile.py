"""A sorted file of hashes, mapped into memory."""

from __future__ import annotations

import hashlib
import mmap
import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Final, overload

MAGIC = b"daemun1\n"
HEADER = struct.Struct(">8sQQ")


def digest(password: str | bytes) -> bytes:
    """SHA-1, because that is what breach corpora are made of. Whoever finds a second preimage has only their own password refused."""
    text = password.encode("utf-8", "surrogatepass") if isinstance(password, str) else password
    return hashlib.sha1(text, usedforsecurity=False).digest()


class HashFile(Sequence[bytes]):
    """A million hashes or a billion, a lookup reads a few pages.

    No false negatives. Of what is not in it, one in 2^(8 x width) / length is taken for listed.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            header = file.read(HEADER.size).ljust(HEADER.size, b"\0")
            magic, width, length = HEADER.unpack(header)
            if magic != MAGIC or path.stat().st_size != HEADER.size + width * length:
                raise ValueError(f"{path} is not a whole list of password hashes")
            self.width: Final = int(width)
            self._length: Final = int(length)
            self._bytes: Final = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = HEADER.size + index * self.width
        return self._bytes[start : start + self.width]

    def holds(self, password: str) -> bool:
        wanted = digest(password)[: self.width]
        found = bisect_left(self, wanted)
        return found < len(self) and self[found] == wanted


def write_hashes(file: IO[bytes], hashes: Iterable[bytes], width: int) -> int:
    """Writes what a `HashFile` reads; the hashes come sorted, and each is kept once. How many there are."""
    file.write(HEADER.pack(MAGIC, width, 0))
    count, last = 0, b""
    for each in hashes:
        if (cut := each[:width]) != last:
            file.write(cut)
            count, last = count + 1, cut
    file.seek(0)
    file.write(HEADER.pack(MAGIC, width, count))
    return count
