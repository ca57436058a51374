"""The database of fastapi-users, by its URL: the table `user`, or the one that is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from daemun.adapters.importing.database import Foreign
from daemun.adapters.importing.fields import Fields
from daemun.adapters.importing.format import Columns, Format, Reading, Stream, arrived, chosen
from daemun.ports.arrivals import Arrival, Source, Unfit

USUAL: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id",),
    "email": ("email",),
    "password": ("hashed_password",),
    "active": ("is_active",),
    "verified": ("is_verified",),
    "superuser": ("is_superuser",),
    # What applications add to the table that the package documents.
    "handle": ("username", "handle"),
    "name": ("full_name", "name", "display_name"),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "created": ("created_at", "created"),
    "last_login": ("last_login", "last_login_at"),
    "roles": ("roles", "role"),
    "language": ("language", "locale"),
}


def read(where: str, reading: Reading) -> Source:
    there, name = Foreign.at(where), reading.table or "user"
    try:
        columns = chosen(there.columns_of(name), USUAL, reading.columns, needs=("id", "email", "password"))
        size = there.count(name)
    except BaseException:
        there.close()
        raise
    return Stream(_people(there, name, columns, reading), size, lambda: there.passed, there.close)


def _people(there: Foreign, name: str, columns: Columns, reading: Reading) -> Iterator[Arrival | Unfit]:
    number = 0
    for page in there.pages(name, list(dict.fromkeys(columns.values())), columns["id"]):
        for row in page:
            number += 1
            is_superuser = Fields(row, columns, reading.zone).truth("superuser", otherwise=False)
            yield arrived(number, row, columns, reading, roles=("is_superuser",) if is_superuser else ())


format = Format(  # noqa: A001 - the name by which it is found
    "fastapi-users", "fastapi-users의 데이터베이스 URL", "The URL of a database of fastapi-users", read
)
