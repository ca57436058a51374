"""Administrators at work over HTTP, what they were answered, and all that the database holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import MetaData, create_engine, select
from tests.house import Client, House, Member, a_house, a_member, built

from daemun.core.actor import SYSTEM
from daemun.core.event import Happening
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer

NOBODY_ID = "01K" + "0" * 23
Everything = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody signed in, with roles."""

    house: House
    client: Client
    member: Member
    token: str
    id: str

    async def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.token}", "accept-language": "en"}
        return await self.client.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, path, body)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None

    async def refused(self, status: int, code: str, method: str, path: str, body: Any = None) -> httpx2.Response:
        answer = await self.ask(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        return answer

    async def is_in(self) -> bool:
        return (await self.client.get("/me", token=self.token)).status_code == 200


@dataclass(slots=True)
class Ear:
    """What has happened since the last asking."""

    heard: list[Happening] = field(default_factory=list)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        said = [(each.event.kind.name, dict(each.event.details)) for each in self.heard]
        self.heard.clear()
        return said

    def names(self) -> list[str]:
        return [name for name, _ in self.told()]


@asynccontextmanager
async def an_office(url: str, folder: Path, **settings: str) -> AsyncIterator[tuple[House, Staff]]:
    """A house and its master."""
    async with a_house(url, folder, identity__signups_per_address="1000", **settings) as house:
        master = Member(handle="master_one", email="master_one@example.com", name="강하늘")
        newcomer = Newcomer(master.handle, master.email, master.name, Secret(master.password))
        await built(house.app).make_admin(built(house.app).visit("test"), newcomer, role="master")
        yield house, await signed_in(house, master)


async def a_staff(house: House, handle: str, *roles: str, name: str = "강하늘") -> Staff:
    client = house.client()
    member = await a_member(client, Member(), handle=handle, email=f"{handle}@example.com", name=name)
    staff = await signed_in(house, member, client)
    await given(house, staff.id, *roles)
    return staff


async def signed_in(house: House, member: Member, client: Client | None = None) -> Staff:
    client = client or house.client()
    answer = await client.log_in(member)
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    return Staff(house, client, member, token, (await client.get("/me", token=token)).json()["id"])


async def given(house: House, user_id: str, *roles: str) -> None:
    """By the house."""
    for role in roles:
        await built(house.app).visit("test").work(built(house.app).access.grant, SYSTEM, user_id, role)


async def holding(house: House, user_id: str, *roles: str) -> None:
    """These roles, and no others."""
    await built(house.app).visit("test").work(built(house.app).access.set_roles, SYSTEM, user_id, roles)


def listening(house: House) -> Ear:
    ear, bus = Ear(), built(house.app).bus
    bus._listeners = {name: (*each, lambda _work, happening: ear.heard.append(happening)) for name, each in bus._listeners.items()}
    return ear


def everything(url: str) -> Everything:
    """Every row of every table."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            tables = MetaData()
            tables.reflect(connection)
            return {name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr) for name, table in tables.tables.items()}
    finally:
        engine.dispose()


def settled(url: str) -> Everything:
    """Every row of every table that stands still between requests: the log's own workers go on with what was told before."""
    return {name: rows for name, rows in everything(url).items() if not name.startswith("daemun_audit_")}
