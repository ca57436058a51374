"""What sealed parts can be looked for by: keyed hashes of what they say, which tell nothing without the key of the house. Pure."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final, Literal

from daemun.core.address import parsed
from daemun.features.audit.searching.values import BUCKETS, bucket_of

Sort = Literal["net", "country", "session", "path", "resource", "word", "look"]
PARTS: Final = {"actor": 0, "target": 1, "tenant": 2}
WORD: Final = re.compile(r"\w+(?:[._@-]\w+)*")
LONGEST_WORD: Final = 64
MOST_WORDS: Final = 40
Mark = tuple[int, int]
"""A hash, and the number of the part it is from."""


@dataclass(frozen=True, slots=True)
class Marks:
    key: bytes = field(repr=False)

    def of(self, sort: Sort, value: str) -> int:
        """63 bits: in a log of a thousand million marks no two differ and look alike."""
        return int.from_bytes(hmac.digest(self.key, f"{sort}\0{value}".encode(), sha256)[:8], "big") >> 1

    def network(self, network: str) -> list[int]:
        """Of which marks an event has one when its address lies in it."""
        asked = ip_network(network)
        length = bucket_of(asked)
        return [self.of("net", str(each)) for each in asked.subnets(new_prefix=length)] if length is not None else []

    def country(self, code: str) -> int:
        return self.of("country", code.upper())

    def words(self, text: str) -> list[int]:
        return [self.of("word", each) for each in words(text)]

    def part(self, part: str, said: Mapping[str, Any], public: Iterable[str]) -> set[Mark]:
        """`public`: those of the event's details that are nobody's personal data."""
        number = PARTS[part]
        return {(mark, number) for mark in self._part(said, set(public) if part == "tenant" else set())}

    def _part(self, said: Mapping[str, Any], public: set[str]) -> Iterator[int]:
        for network in networks(said.get("address", "")):
            yield self.of("net", str(network))
        named: tuple[Sort, ...] = ("session", "path", "resource")
        for sort in named:
            if value := said.get(sort):
                yield self.of(sort, str(value))
        thing, _, session = str(said.get("resource", "")).partition(":")
        if thing == "session":  # the one that a login began
            yield self.of("session", session)
        told = (str(value) for name, value in said.get("details", {}).items() if name in public and value is not None)
        yield from [mark for text in told for mark in self.words(text)][:MOST_WORDS]


def networks(address: str) -> list[IPv4Network | IPv6Network]:
    """Every network that it is looked up in."""
    found = parsed(address) if address else None
    return [] if found is None else [ip_network((found, length), strict=False) for length in BUCKETS[found.version]]


def words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", text).casefold()
    return [each[0][:LONGEST_WORD] for each in WORD.finditer(folded)]
