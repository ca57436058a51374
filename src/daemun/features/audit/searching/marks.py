"""What sealed parts can be looked for by: keyed hashes of what they say, which tell nothing without the key of the house. Pure."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import partial
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
REMEMBERED: Final = 20_000
Mark = tuple[int, int]
"""A hash, and the number of the part it is from."""


@dataclass(frozen=True, slots=True)
class Marks:
    key: bytes = field(repr=False)
    _again: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict, repr=False)
    """Of what many events have in common."""

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

    def thing(self, resource: str) -> int:
        """`type:id`. A session is looked for as what happened in it."""
        kind, _, session = resource.partition(":")
        return self.of("session", session) if kind == "session" else self.of("resource", resource)

    def part(self, part: str, said: Mapping[str, Any], public: Set[str]) -> set[Mark]:
        """`public`: those of the event's details that are nobody's personal data."""
        number, found = PARTS[part], set[int]()
        if address := said.get("address"):
            found.update(self._common("net", address, lambda: [self.of("net", str(each)) for each in networks(address)]))
        if path := said.get("path"):
            found.update(self._common("path", path, lambda: [self.of("path", path)]))
        if session := said.get("session"):
            found.add(self.of("session", session))
        if resource := said.get("resource"):
            found.add(self.thing(resource))
        if part == "tenant" and "details" in said:
            found.update(self._told(said["details"], public))
        return {(mark, number) for mark in found}

    def _told(self, details: Mapping[str, Any], public: Set[str]) -> Iterable[int]:
        texts = [str(value) for name, value in details.items() if name in public and value is not None and not isinstance(value, bool)]
        found = [mark for each in texts for mark in self._common("word", each, partial(self.words, each))]
        return found[:MOST_WORDS]

    def _common(self, sort: Sort, value: str, make: Callable[[], Iterable[int]]) -> tuple[int, ...]:
        found = self._again.get((sort, value))
        if found is None:
            if len(self._again) >= REMEMBERED:
                self._again.clear()
            found = self._again[sort, value] = tuple(make())
        return found


def networks(address: str) -> list[IPv4Network | IPv6Network]:
    """Every network that it is looked up in."""
    found = parsed(address) if address else None
    return [] if found is None else [ip_network((found, length), strict=False) for length in BUCKETS[found.version]]


def words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFC", text).casefold()
    return [each[0][:LONGEST_WORD] for each in WORD.finditer(folded)]
