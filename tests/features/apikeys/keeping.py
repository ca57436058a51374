"""People with keys for their programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
from tests.features.people.administering import Staff
from tests.house import House, built

ONE = {"name": "밤 배치", "scopes": ["stocks.read"]}


@dataclass(frozen=True, slots=True)
class Key:
    """A key and a program that holds it."""

    house: House
    id: str
    text: str
    told: dict[str, Any]

    async def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.text}", "accept-language": "en"}
        return await self.house.client("198.51.100.7", agent="batch/1").http.request(method, path, json=body, headers=headers)

    async def opens(self) -> tuple[int, str]:
        """What `GET /me` says: its status, and why not."""
        answer = await self.ask("GET", "/me")
        return answer.status_code, answer.json().get("code", "")


async def a_key(staff: Staff, **changes: Any) -> Key:
    answer = await own(staff, "POST", "/me/api-keys", ONE | changes)
    assert answer.status_code == 201, answer.text
    return key_in(staff.house, answer)


def key_in(house: House, answer: httpx2.Response) -> Key:
    told = answer.json()
    return Key(house, told["id"], told["key"], told)


async def own(staff: Staff, method: str, path: str, body: Any = None) -> httpx2.Response:
    headers = {"authorization": f"Bearer {staff.token}", "accept-language": "en"}
    return await staff.client.http.request(method, path, json=body, headers=headers)


async def written(house: House) -> int:
    """What a server writes down every second."""
    return await built(house.app).desk.keys.uses.write(built(house.app).visit("test"))
