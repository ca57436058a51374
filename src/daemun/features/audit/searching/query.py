"""What is asked of the log, as frozen values, and how it is written again: parsing what is printed gives the same question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

Field = Literal["action", "actor", "class", "country", "has", "kind", "outcome", "path", "request", "resource", "session", "target", "user"]
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "outcome": ("success", "failure", "denied"),
    "class": ("login", "security", "admin", "account", "data"),
    "kind": ("event", "amend", "tombstone", "prune", "erase", "hold", "key", "config", "gap"),
    "has": ("amend", "target", "request"),
}
WORDS_OF_THE_LANGUAGE: Final = frozenset({"AND", "OR", "NOT"})
PLAIN: Final = re.compile(r"[\w./@#%+&=!?,;][\w./@#%+&=!?,;:-]*")
PLAIN_WORD: Final = re.compile(r"[\w./@#%+&=!?,;][\w./@#%+&=!?,;-]*")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Is:
    """A field has exactly this value."""

    field: Field
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{_quoted(self.value, PLAIN)}"


@dataclass(frozen=True, slots=True)
class Begins:
    field: Literal["action"]
    prefix: str

    def __str__(self) -> str:
        return f"{self.field}:{self.prefix}*"


@dataclass(frozen=True, slots=True)
class Within:
    """The address is in this network: canonical, with its length."""

    network: str

    def __str__(self) -> str:
        return f"ip:{self.network}"


@dataclass(frozen=True, slots=True)
class Created:
    """Microseconds, the end not included; None: open."""

    start: int | None
    end: int | None

    def __str__(self) -> str:
        if self.start is None:
            return f"created:<{_moment(self.end or 0)}"
        return f"created:>={_moment(self.start)}" if self.end is None else f"created:{_moment(self.start)}..{_moment(self.end - 1)}"


@dataclass(frozen=True, slots=True)
class Places:
    """Indexes of entries, the end not included."""

    first: int
    end: int

    def __str__(self) -> str:
        return f"index:{self.first}" if self.end == self.first + 1 else f"index:{self.first}..{self.end - 1}"


@dataclass(frozen=True, slots=True)
class Text:
    """Words that stand in what is not personal."""

    text: str

    def __str__(self) -> str:
        return _quoted(self.text, PLAIN_WORD)


@dataclass(frozen=True, slots=True)
class Not:
    part: Query

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, All | Either | Not) else f"-{self.part}"


@dataclass(frozen=True, slots=True)
class All:
    """Nothing in it: everything."""

    parts: tuple[Query, ...] = ()

    def __str__(self) -> str:
        return " ".join(f"({each})" if isinstance(each, Either) else str(each) for each in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Query, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Leaf = Is | Begins | Within | Created | Places | Text
Query = Leaf | Not | All | Either
EVERYTHING: Final = All()


def all_of(parts: Iterable[Query]) -> Query:
    flat = tuple(_flat(parts, All))
    return flat[0] if len(flat) == 1 else All(flat)


def either_of(parts: Iterable[Query]) -> Query:
    """At least one of them; there is one at least."""
    flat = tuple(_flat(parts, Either))
    return flat[0] if len(flat) == 1 else Either(flat)


def leaves(query: Query) -> Iterator[Leaf]:
    if isinstance(query, All | Either):
        for each in query.parts:
            yield from leaves(each)
    elif isinstance(query, Not):
        yield from leaves(query.part)
    else:
        yield query


def _flat(parts: Iterable[Query], kind: type[All | Either]) -> Iterator[Query]:
    for each in parts:
        if isinstance(each, kind):
            yield from each.parts
        else:
            yield each


def _quoted(text: str, plain: re.Pattern[str]) -> str:
    if plain.fullmatch(text) and text not in WORDS_OF_THE_LANGUAGE:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _moment(at: int) -> str:
    return (EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")
