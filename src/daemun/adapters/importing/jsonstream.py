"""The members of one long list inside a JSON document, one at a time: an export of a million people fits into no memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from daemun.core.errors import Flaw, Malformed

CHUNK: Final = 1 << 16
LONGEST: Final = 64 << 20
"""Of one value. All the settings of a realm together are far smaller; a document that never closes its brackets ends here."""
BLANK: Final = " \t\r\n"
DECODER: Final = json.JSONDecoder()


class Document:
    """Walks from value to value. What it has passed it forgets."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text, self._place = "", 0

    def peek(self) -> str:
        """The next character that is not blank; "" at the end."""
        while True:
            while self._place < len(self._text):
                if (found := self._text[self._place]) not in BLANK:
                    return found
                self._place += 1
            if not self._more(CHUNK):
                return ""

    def take(self, expected: str) -> None:
        if self.peek() != expected:
            raise broken()
        self._place += 1

    def value(self) -> Any:
        """The whole next value."""
        self.peek()
        wanted = CHUNK
        while True:
            try:
                found, end = DECODER.raw_decode(self._text, self._place)
            except (ValueError, RecursionError):
                found, end = None, len(self._text)
            if end < len(self._text):  # a number at the very edge may go on
                self._place = end
                return found
            if len(self._text) - self._place > LONGEST or not self._more(wanted):
                return self._last()
            wanted *= 2

    def _last(self) -> Any:
        try:
            found, self._place = DECODER.raw_decode(self._text, self._place)
        except (ValueError, RecursionError):
            raise broken() from None
        return found

    def _more(self, count: int) -> bool:
        added = self._read(count)
        self._text, self._place = self._text[self._place :] + added, 0
        return bool(added)

    def members(self) -> Iterator[str]:
        """The keys of an object; whoever walks takes each value."""
        yield from (self._key() for _ in self._parts("{", "}"))

    def items(self) -> Iterator[None]:
        """Once for each item of a list; whoever walks takes it."""
        yield from self._parts("[", "]")

    def _key(self) -> str:
        key = self.value()
        self.take(":")
        if not isinstance(key, str):
            raise broken()
        return key

    def _parts(self, begin: str, end: str) -> Iterator[None]:
        self.take(begin)
        if self.peek() == end:
            self._place += 1
            return
        while True:
            yield None
            if self.peek() == end:
                self._place += 1
                return
            self.take(",")


def broken() -> Malformed:
    return Malformed(Flaw("source", "import_broken_json"))
