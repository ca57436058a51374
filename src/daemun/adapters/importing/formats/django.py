"""The database of Django, by its URL: `auth_user` or a user model of one's own, the groups, and the addresses of django-allauth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from daemun.adapters.importing.database import Foreign, Row
from daemun.adapters.importing.fields import YES, Fields
from daemun.adapters.importing.format import Columns, Format, Reading, Stream, arrived, chosen
from daemun.ports.arrivals import Arrival, Source, Unfit

ADDRESSES: Final = "account_emailaddress"
UNUSABLE: Final = "!"
USUAL: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id", "uuid"),
    "handle": ("username",),
    "email": ("email",),
    "password": ("password",),
    "name": ("name", "full_name"),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "active": ("is_active",),
    "verified": ("email_verified", "is_verified"),
    "created": ("date_joined", "created_at", "created"),
    "last_login": ("last_login",),
    "language": ("language", "locale"),
    "superuser": ("is_superuser",),
    "staff": ("is_staff",),
}


def read(where: str, reading: Reading) -> Source:
    there, name = Foreign.at(where), reading.table or "auth_user"
    try:
        columns = chosen(there.columns_of(name), USUAL, reading.columns, needs=("id", "email", "password"))
        size, beside = there.count(name), Beside(there, name)
    except BaseException:
        there.close()
        raise
    return Stream(_people(there, name, columns, reading, beside), size, lambda: there.passed, there.close)


class Beside:
    """What stands about people in other tables, looked up a page at a time."""

    def __init__(self, there: Foreign, name: str) -> None:
        self._there = there
        self._has_addresses = there.has(ADDRESSES)
        self._groups = f"{name}_groups" if there.has(f"{name}_groups") and there.has("auth_group") else None
        self._person = next((each for each in there.columns_of(self._groups) if each not in ("id", "group_id")), "") if self._groups else ""
        self._names: dict[Any, str] = {}
        if self._groups:
            self._names = {row["id"]: row["name"] for page in there.pages("auth_group", ("id", "name"), "id") for row in page}

    def addresses(self, ids: Sequence[Any]) -> Mapping[tuple[str, str], bool]:
        """Of whom which address is verified: allauth keeps several, and another one may be the verified one."""
        if not self._has_addresses:
            return {}
        found = self._there.beside(ADDRESSES, ("user_id", "email", "verified"), "user_id", ids)
        return {(str(row["user_id"]), str(row["email"]).casefold()): str(row["verified"]).casefold() in YES for row in found}

    def groups(self, ids: Sequence[Any]) -> Mapping[str, tuple[str, ...]]:
        if not self._groups:
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for row in self._there.beside(self._groups, (self._person, "group_id"), self._person, ids):
            person = str(row[self._person])
            found[person] = (*found.get(person, ()), self._names.get(row["group_id"], ""))
        return found


def _people(there: Foreign, name: str, columns: Columns, reading: Reading, beside: Beside) -> Iterator[Arrival | Unfit]:
    number = 0
    for page in there.pages(name, list(dict.fromkeys(columns.values())), columns["id"]):
        ids = [row[columns["id"]] for row in page]
        addresses, groups = beside.addresses(ids), beside.groups(ids)
        for row in page:
            number += 1
            yield person(number, row, columns, reading, addresses, groups)


def person(
    number: int,
    row: Row,
    columns: Columns,
    reading: Reading,
    addresses: Mapping[tuple[str, str], bool],
    groups: Mapping[str, tuple[str, ...]],
) -> Arrival:
    """Pure: one row, and what stands beside it."""
    fields, known_as = Fields(row, columns, reading.zone), str(row[columns["id"]])
    more: dict[str, Any] = dict(row)
    if fields.text("password").startswith(UNUSABLE):
        more[columns["password"]] = ""
    named = dict(columns)
    if (known_as, fields.text("email").casefold()) in addresses:
        named["verified"] = ""
        more[""] = addresses[known_as, fields.text("email").casefold()]
    flags = (("superuser", "is_superuser"), ("staff", "is_staff"))
    roles = (*groups.get(known_as, ()), *(role for flag, role in flags if fields.truth(flag, otherwise=False)))
    return arrived(number, more, named, reading, roles=roles)


format = Format("django", "Django(django-allauth)의 데이터베이스 URL", "The URL of a database of Django, with or without allauth", read)  # noqa: A001 - the name by which it is found
