"""Text files of unknown origin: in which encoding they are written, and how much of them has been read."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from daemun.core.errors import Flaw, Malformed

MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LIKELY: Final = ("utf-8", "cp949")
"""What Korean spreadsheets and databases write."""
HALVES: Final = range(0xDC80, 0xDD00)
"""What a byte becomes that means nothing in the encoding: it spoils its own row and no other."""


@dataclass(frozen=True, slots=True)
class TextFile:
    text: io.TextIOWrapper
    raw: BinaryIO
    size: int

    def passed(self) -> int:
        return min(self.raw.tell(), self.size)

    def close(self) -> None:
        self.text.close()


def opened(where: str, encoding: str | None) -> TextFile:
    path = Path(where)
    if not path.is_file():
        raise Malformed(Flaw("source", "import_no_file", (("file", where),)))
    try:
        name = codecs.lookup(encoding).name if encoding else encoding_of(path)
    except LookupError:
        raise Malformed(Flaw("encoding", "import_unknown_encoding", (("encoding", encoding or ""),))) from None
    raw = path.open("rb")
    return TextFile(io.TextIOWrapper(raw, name, errors="surrogateescape", newline=""), raw, path.stat().st_size)


def encoding_of(path: Path) -> str:
    """By its mark; else what leaves the fewest lines unread."""
    with path.open("rb") as file:
        head = file.read(3)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    return min(LIKELY, key=lambda name: _unread(path, codecs.getdecoder(name)))


def _unread(path: Path, decode: Callable[[bytes], object]) -> int:
    """How many lines are not written in it."""
    bad = 0
    with path.open("rb") as file:
        for line in file:
            try:
                decode(line)
            except UnicodeDecodeError:
                bad += 1
    return bad


def is_garbled(text: str) -> bool:
    return not text.isascii() and any(ord(each) in HALVES for each in text)
