"""A realm that Keycloak exported with its users: one file, or a folder with `…-users-0.json` and so on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from daemun.adapters.foreign import from_keycloak
from daemun.adapters.importing.files import TextFile, opened
from daemun.adapters.importing.format import Format, Reading, Stream, arrived
from daemun.adapters.importing.jsonstream import Document, broken
from daemun.core.errors import Flaw, Malformed
from daemun.ports.arrivals import Arrival, Source, Unfit

UNREADABLE: Final = "$keycloak-unreadable$"
"""A password of a kind that nothing here reads: not the same as none."""
OURS: Final = {
    each: each for each in ("id", "handle", "email", "first_name", "last_name", "password", "verified", "active", "created", "language")
}


def read(where: str, reading: Reading) -> Source:
    paths = _parts(Path(where))
    size = sum(each.stat().st_size for each in paths)
    walk = Walk(paths, reading)
    return Stream(walk.people(), size, walk.passed, walk.close)


def _parts(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.is_file():
            raise Malformed(Flaw("source", "import_no_file", (("file", str(path)),)))
        return [path]
    if not (found := sorted(path.glob("*.json"))):
        raise Malformed(Flaw("source", "import_no_file", (("file", f"{path}/*.json"),)))
    return found


class Walk:
    def __init__(self, paths: list[Path], reading: Reading) -> None:
        self._paths, self._reading = paths, reading
        self._done = 0
        self._file: TextFile | None = None

    def passed(self) -> int:
        return self._done + (self._file.passed() if self._file else 0)

    def close(self) -> None:
        if self._file:
            self._file.close()

    def people(self) -> Iterator[Arrival | Unfit]:
        numbers, found = count(1), False
        for path in self._paths:
            self._file = file = opened(str(path), self._reading.encoding or "utf-8-sig")
            for told in users_in(Document(file.text.read)):
                found = True
                if told is not None:
                    yield person(next(numbers), told, self._reading)
            self._done, self._file = self._done + file.size, None
            file.close()
        if not found:
            raise Malformed(Flaw("source", "import_no_users_in_realm"))


def users_in(document: Document) -> Iterator[Mapping[str, Any] | None]:
    """Those of every realm in it; None once for a list that is there, even where nobody is in it."""
    if document.peek() == "[":
        for _ in document.items():
            yield from users_in(document)
        return
    for key in document.members():
        if key == "users" and document.peek() == "[":
            yield None
            for _ in document.items():
                if not isinstance(told := document.value(), dict):
                    raise broken()
                yield told
        else:
            document.value()


def person(number: int, told: Mapping[str, Any], reading: Reading) -> Arrival | Unfit:
    """Pure: one `UserRepresentation`."""
    known_as = str(told.get("id") or told.get("username") or "")
    if told.get("serviceAccountClientId"):
        return Unfit(number, known_as, "", (Flaw("row", "import_service_account"),))
    values = {
        "id": known_as,
        "handle": told.get("username"),
        "email": told.get("email"),
        "first_name": told.get("firstName"),
        "last_name": told.get("lastName"),
        "password": password_of(told.get("credentials")),
        "verified": told.get("emailVerified"),
        "active": told.get("enabled"),
        "created": told.get("createdTimestamp"),
        "language": _first(told.get("attributes"), "locale"),
    }
    return arrived(number, values, OURS, reading, roles=roles_of(told))


def password_of(credentials: Any) -> str:
    """The first one by their order; "" when there is none."""
    for each in credentials if isinstance(credentials, list) else ():
        if isinstance(each, dict) and each.get("type") == "password":
            return from_keycloak(str(each.get("credentialData")), str(each.get("secretData"))) or UNREADABLE
    return ""


def roles_of(told: Mapping[str, Any]) -> tuple[str, ...]:
    """`editor` of the realm, `shop:editor` of a client, `/staff/editors` for a group."""
    found = [str(each) for each in told.get("realmRoles") or ()]
    clients = told.get("clientRoles") or {}
    found += [f"{client}:{role}" for client, roles in (clients.items() if isinstance(clients, dict) else ()) for role in roles or ()]
    return (*found, *(str(each) for each in told.get("groups") or ()))


def _first(attributes: Any, name: str) -> str:
    values = attributes.get(name) if isinstance(attributes, dict) else None
    return str(values[0]) if isinstance(values, list) and values else ""


format = Format(  # noqa: A001 - the name by which it is found
    "keycloak",
    "Keycloak의 realm 내보내기(JSON 파일 또는 폴더)",
    "A realm that Keycloak exported with its users: a file or a folder",
    read,
)
