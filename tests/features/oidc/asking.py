"""Services that ask about tokens, with a key of somebody who may."""

from __future__ import annotations

from typing import Any

import httpx2
from tests.features.apikeys.keeping import Key, a_key
from tests.features.people.administering import Staff, a_staff
from tests.house import House


async def a_service(house: House, *scopes: str, handle: str = "gateway_1", roles: tuple[str, ...] = ("security_admin",)) -> Key:
    """A key of somebody who operates services."""
    return await a_key(await a_staff(house, handle, *roles), name="관문", scopes=list(scopes))


async def post(key: Key, path: str, data: dict[str, Any]) -> httpx2.Response:
    client = key.house.client("198.51.100.7", agent="gateway/1")
    return await client.http.post(path, data=data, headers={"authorization": f"Bearer {key.text}"})


async def introspected(key: Key, token: str, **more: str) -> dict[str, Any]:
    answer = await post(key, "/oauth/introspect", {"token": token, **more})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    told: dict[str, Any] = answer.json()
    return told


async def revoked(key: Key, token: str, **more: str) -> httpx2.Response:
    return await post(key, "/oauth/revoke", {"token": token, **more})


async def pair_of(staff: Staff) -> tuple[str, str]:
    """A login of its own: an access and a refresh token."""
    told = (await staff.client.log_in(staff.member)).json()
    return told["access_token"], told["refresh_token"]
