"""Passwords that everybody tries first: a list that is shipped, and larger ones of the operator's. Nothing is asked over the network."""

from __future__ import annotations

import hashlib
import mmap
import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import punctuation
from typing import IO, Final, overload

from daemun.features.identity.passwords import SHORTEST_WORD, spellings, words_in

MAGIC = b"daemun1\n"
HEADER = struct.Struct(">8sQQ")
DATA = Path(__file__).parent / "data"


def digest(password: str) -> bytes:
    """SHA-1, because that is what breach corpora are made of. Whoever finds a second preimage has only their own password refused."""
    return hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()


class HashFile(Sequence[bytes]):
    """A sorted file of hashes cut to one width, mapped into memory: a million of them or a billion, a lookup reads a few pages.

    No false negatives. Of what is not in it, one in 2^(8 x width) / length is taken for listed.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._bytes: Final = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, self.width, self._length = HEADER.unpack(self._bytes[: HEADER.size].ljust(HEADER.size, b"\0"))
        if magic != MAGIC or len(self._bytes) != HEADER.size + self.width * self._length:
            raise ValueError(f"{path} is not a whole list of password hashes")

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


class Blocklist:
    """The shipped list and the operator's corpora. A corpus that cannot be read stops the start: fails closed."""

    def __init__(self, corpora: Sequence[Path] = ()) -> None:
        self._known: Final = HashFile(DATA / "common-passwords.bin")
        self._words: Final = HashFile(DATA / "common-words.bin")
        self._corpora: Final = [HashFile(path) for path in corpora]

    def holds(self, password: str) -> bool:
        """Whether it is common: as it stands, in another case or spelling, with signs around it, or made of one common word.

        A corpus is asked for the password as it stands only: so large a list holds every short string, and all that derives from one.
        """
        return any(corpus.holds(password) for corpus in self._corpora) or self._is_known(password) or self._is_made_of_a_word(password)

    def _is_known(self, password: str) -> bool:
        texts = {password, password.rstrip(punctuation), password.strip(punctuation)}
        return any(self._known.holds(spelling) for text in texts for spelling in (text, *spellings(text)))

    def _is_made_of_a_word(self, password: str) -> bool:
        words = (spelling for word in words_in(password) if len(word) >= SHORTEST_WORD for spelling in spellings(word))
        return any(self._words.holds(word) for word in words)
