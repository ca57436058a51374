"""People who let a house count, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.features.jobs.counting import COUNTED
from tests.house import Client, House, Member, a_house, a_member, built

TOOL = "tests.features.jobs.counting"
BEA = Member(handle="bea_2026", email="bea@example.com", name="배은아")


@dataclass(frozen=True, slots=True)
class Person:
    client: Client
    token: str

    async def submit(self, upto: int = 3, **more: Any) -> dict[str, Any]:
        answer = await self.client.post("/counting", {"upto": upto} | more, token=self.token)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def get(self, path: str = "") -> Any:
        return await self.client.get(f"/api/v1/jobs{path}", token=self.token)

    async def job(self, job_id: str) -> dict[str, Any]:
        answer = await self.get(f"/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def cancel(self, job_id: str) -> Any:
        return await self.client.post(f"/api/v1/jobs/{job_id}/cancel", token=self.token)

    async def until(self, job_id: str, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(60):
            while not true(found := await self.job(job_id)):
                await asyncio.sleep(0.02)
        return found

    async def ended(self, job_id: str) -> dict[str, Any]:
        return await self.until(job_id, lambda job: job["status"] not in ("queued", "running"))


@asynccontextmanager
async def a_working_house(database_url: str, folder: Path, **settings: str) -> AsyncIterator[House]:
    async with a_house(database_url, folder, tools=TOOL, **settings) as house:
        yield house


async def a_person(house: House, member: Member | None = None) -> Person:
    client = house.client()
    member = await a_member(client, member)
    return Person(client, (await client.log_in(member)).json()["access_token"])


async def numbers(house: House, job_id: str) -> list[int]:
    """What was counted for it, as often as it was."""
    asked = select(COUNTED.c.number).where(COUNTED.c.job == job_id).order_by(COUNTED.c.number)
    return [row.number for row in await built(house.app).database.read(lambda tx: tx.all(asked))]
