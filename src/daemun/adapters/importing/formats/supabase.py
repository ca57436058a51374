"""`auth.users` of Supabase (GoTrue): a dump by `pg_dump` or `supabase db dump`, a CSV of the table, or the database by its URL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from daemun.adapters.foreign import from_firebase
from daemun.adapters.importing import dump, tables
from daemun.adapters.importing.database import Foreign
from daemun.adapters.importing.fields import YES
from daemun.adapters.importing.files import opened
from daemun.adapters.importing.format import FIELDS, Format, Reading, Stream, arrived, chosen
from daemun.core.errors import Flaw
from daemun.ports.arrivals import Arrival, Source, Unfit

TABLE: Final = "auth.users"
COLUMNS: Final = (
    *("id", "email", "encrypted_password", "email_confirmed_at", "confirmed_at", "banned_until", "deleted_at", "created_at"),
    *("last_sign_in_at", "raw_app_meta_data", "raw_user_meta_data", "is_super_admin", "is_anonymous", "role"),
)
USUAL: Final = {each: (each,) for each in COLUMNS}
OURS: Final = {each: each for each in FIELDS}
EVERYBODY: Final = frozenset(("", "authenticated", "anon"))
"""Roles of the database, which say nothing of a person."""
FIREBASE: Final = re.compile(
    r"\$fbscrypt\$v=1,n=(?P<n>[0-9]+),r=(?P<r>[0-9]+),p=1(?:,ss=(?P<ss>[^,$]+))?(?:,sk=(?P<sk>[^$]+))?\$(?P<salt>[^$]+)\$(?P<hash>.+)"
)


def read(where: str, reading: Reading) -> Source:
    if "://" in where:
        return _from_database(where, reading)
    file = opened(where, reading.encoding)
    if not where.lower().endswith(".csv"):
        return Stream(_people(dump.rows_of(file.text), reading), file.size, file.passed, file.close)
    try:
        header, delimiter = tables.header_of(file.text, reading.delimiter)
        chosen(header, USUAL, {}, needs=("id", "email", "encrypted_password"))
    except BaseException:
        file.close()
        raise
    return Stream(_people(tables.rows_of(file.text, header, delimiter), reading), file.size, file.passed, file.close)


def _from_database(where: str, reading: Reading) -> Source:
    there, name = Foreign.at(where), reading.table or TABLE
    try:
        columns = chosen(there.columns_of(name), USUAL, {}, needs=("id", "email", "encrypted_password"))
        size = there.count(name)
    except BaseException:
        there.close()
        raise
    rows = (row for page in there.pages(name, list(columns.values()), "id") for row in page)
    return Stream(_people(enumerate(rows, 1), reading), size, lambda: there.passed, there.close)


def _people(rows: Iterable[tuple[int, Mapping[str, Any] | Flaw]], reading: Reading) -> Iterator[Arrival | Unfit]:
    for number, row in rows:
        yield Unfit(number, "", "", (row,)) if isinstance(row, Flaw) else person(number, row, reading)


def person(number: int, row: Mapping[str, Any], reading: Reading) -> Arrival | Unfit:
    """Pure: one row of `auth.users`."""

    def told(name: str) -> str:
        return str(row.get(name) or "").strip()

    if told("deleted_at"):
        return Unfit(number, told("id"), told("email"), (Flaw("row", "import_deleted_there"),))
    if told("is_anonymous").casefold() in YES:
        return Unfit(number, told("id"), "", (Flaw("row", "import_guest_there"),))
    app, own = _object(row.get("raw_app_meta_data")), _object(row.get("raw_user_meta_data"))
    values = {
        "id": told("id"),
        "email": row.get("email"),
        "password": password_of(told("encrypted_password")),
        "name": next((str(own[each]) for each in ("full_name", "name", "display_name", "user_name") if own.get(each)), ""),
        "verified": bool(told("email_confirmed_at") or told("confirmed_at")),
        "active": not told("banned_until"),
        "until": row.get("banned_until"),
        "created": row.get("created_at"),
        "last_login": row.get("last_sign_in_at"),
        "language": own.get("locale") or own.get("language"),
    }
    return arrived(number, values, OURS, reading, roles=roles_of(row, app))


def password_of(encoded: str) -> str:
    """bcrypt and Argon2 as they stand; the scrypt of accounts that came from Firebase in our spelling of it."""
    found = FIREBASE.fullmatch(encoded)
    if found is None:
        return encoded
    return from_firebase(
        hashed=found["hash"],
        salt=found["salt"],
        separator=found["ss"] or "",
        key=found["sk"] or "",
        rounds=int(found["r"]),
        memory=int(found["n"]),
    )


def roles_of(row: Mapping[str, Any], app: Mapping[str, Any]) -> tuple[str, ...]:
    """Only what a person cannot write of themselves: `raw_user_meta_data` is theirs."""
    several = app.get("roles")
    found = [str(each) for each in several] if isinstance(several, list) else []
    found += [str(each) for each in (app.get("role"), row.get("role")) if each]
    if str(row.get("is_super_admin")).casefold() in YES:
        found.append("is_super_admin")
    return tuple(dict.fromkeys(each for each in found if each not in EVERYBODY))


def _object(told: Any) -> Mapping[str, Any]:
    try:
        found = json.loads(told) if isinstance(told, str) else told
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


format = Format(  # noqa: A001 - the name by which it is found
    "supabase",
    "Supabase(GoTrue)의 덤프, CSV, 또는 데이터베이스 URL",
    "A dump, a CSV or the database URL of Supabase (GoTrue)",
    read,
)
