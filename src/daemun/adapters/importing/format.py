"""What every kind of source shares: how it is asked, which columns mean what, and how a row becomes somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, Final

from daemun.adapters.importing.fields import Fields
from daemun.core.errors import Flaw, Malformed
from daemun.core.secret import Secret
from daemun.ports.arrivals import Arrival, Source, Unfit

FIELDS: Final = (
    *("id", "handle", "email", "name", "first_name", "last_name", "password", "verified", "active", "until"),
    *("created", "last_login", "roles", "language"),
)
"""What a column may mean."""
Columns = Mapping[str, str]
"""Our name for a field, and the column it stands in."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a source is to be read, where it does not say so itself."""

    columns: Columns = field(default_factory=dict)
    table: str | None = None
    zone: tzinfo = UTC
    """Of moments that come without an offset."""
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    ko: str
    en: str
    open: Callable[[str, Reading], Source]
    """Of a file's path or a database's URL."""


@dataclass(slots=True)
class Stream:
    """A `Source` made of an iterator, and of two questions to what it reads from."""

    rows: Iterator[Arrival | Unfit]
    size: int
    told: Callable[[], int]
    end: Callable[[], None]

    @property
    def passed(self) -> int:
        return self.told()

    def __iter__(self) -> Iterator[Arrival | Unfit]:
        return self.rows

    def close(self) -> None:
        self.end()


def chosen(header: Sequence[str], usual: Mapping[str, Sequence[str]], asked: Columns, *, needs: Sequence[str]) -> Columns:
    """Which column holds what: as asked, else by its usual names, each for one thing. `Malformed` for what is missing or doubled."""
    there: dict[str, list[str]] = {}
    for column in header:
        there.setdefault(_plain(column), []).append(column)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, usually in usual.items():
        words = [asked[name]] if name in asked else [each for each in usually if _plain(each) not in taken]
        columns = next((there[_plain(each)] for each in words if _plain(each) in there), [])
        if not columns and name in asked:
            raise Malformed(Flaw("source", "import_column_missing", (("column", asked[name]),)))
        if len(columns) > 1:
            raise Malformed(Flaw("source", "import_column_twice", (("column", columns[0]),)))
        if columns:
            found[name] = columns[0]
            taken.add(_plain(columns[0]))
    if missing := [each for each in needs if each not in found]:
        raise Malformed(Flaw("source", "import_columns", (("fields", ", ".join(missing)), ("columns", ", ".join(header)[:300]))))
    return found


def _plain(column: str) -> str:
    return column.strip().casefold().replace(" ", "_")


def arrived(row: int, values: Mapping[str, Any], columns: Columns, reading: Reading, *, roles: Sequence[str] = ()) -> Arrival:
    """Whom a row tells of; with everything that is wrong with it at once."""
    fields = Fields(values, columns, reading.zone)
    language = fields.text("language")[:2].lower()
    email, handle, password = fields.text("email"), fields.text("handle"), fields.text("password")
    found = Arrival(
        row,
        fields.text("id") or email or handle,
        email,
        handle or None,
        fields.text("name") or _full_name(fields.text("first_name"), fields.text("last_name")),
        Secret(password) if password else None,
        fields.truth("verified", otherwise=False),
        not fields.truth("active", otherwise=True),
        fields.moment("until"),
        fields.moment("created"),
        fields.moment("last_login"),
        (*fields.words("roles"), *roles),
        "en" if language == "en" else "ko" if language == "ko" else None,
    )
    return replace(found, flaws=tuple(fields.flaws)) if fields.flaws else found


def _full_name(first: str, last: str) -> str:
    """Korean names are written with the family's first, and without a space."""
    if any("가" <= each <= "힣" for each in first + last):
        return f"{last}{first}"
    return f"{first} {last}".strip()
