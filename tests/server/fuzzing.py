"""Loaded by schemathesis: comes as a master, also after its session was ended, and asks for things that exist."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from itertools import count
from typing import Any, Final
from urllib.parse import quote

import httpx2
import schemathesis

URL: Final = os.environ["FUZZED_URL"]
MASTER: Final = {"user_id": os.environ["FUZZED_MASTER"], "password": os.environ["FUZZED_PASSWORD"]}
LASTS: Final = 2.0
"""Seconds for which a list is believed: meanwhile some of what was in it has been deleted, which is asked for as well."""
turn = count()
listed: dict[str, tuple[float, list[str]]] = {}
token = ""


@schemathesis.auth(refresh_interval=120)
class AsMaster:
    """Fetched again after a 401: what is tried may end the very session that tries it."""

    def get(self, case: Any, context: Any) -> str:
        global token  # noqa: PLW0603 - one process asks as one person
        token = str(httpx2.post(f"{URL}/auth/login", json=MASTER, timeout=30).json()["access_token"])
        return token

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Made-up ids end at 404: three of four times those stand in the path that the list beside it shows."""
    parameters, path = case.path_parameters, case.operation.path
    if not parameters or next(turn) % 4 == 0:
        return
    for name in [each for each in parameters if f"{{{each}}}" in path]:
        collection, _, _ = path.partition(f"/{{{name}}}")
        if found := _in(collection, parameters):
            parameters[name] = found[next(turn) % len(found)]


def _in(collection: str, parameters: Mapping[str, Any]) -> list[str]:
    address = collection.format(**{name: quote(str(value), safe="") for name, value in parameters.items()})
    at, found = listed.get(address, (-LASTS, []))
    if time.monotonic() - at > LASTS:
        answer = httpx2.get(URL + address, headers={"authorization": f"Bearer {token}"}, timeout=30)
        found = _ids(answer.json()) if answer.status_code == 200 else []
        listed[address] = (time.monotonic(), found)
    return found


def _ids(body: Any) -> list[str]:
    """Of everything but the master, who is needed to the end."""
    things = next((each for each in body.values() if isinstance(each, list)), []) if isinstance(body, dict) else body
    mine = [each for each in things if isinstance(each, dict) and MASTER["user_id"] not in each.values()]
    return [str(named) for each in mine for named in [each.get("id") or each.get("name") or each.get("number")] if named]
