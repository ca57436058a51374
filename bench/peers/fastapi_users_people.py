"""People of fastapi-users, made by its own manager: `python fastapi_users_people.py DATABASE_URL`, with a list on standard input."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from fastapi_users_app import Base, User, UserCreate, UserManager, engine_of
from fastapi_users_db_sqlalchemy import SQLAlchemyUserDatabase
from sqlalchemy.ext.asyncio import async_sessionmaker


async def main(url: str, people: list[dict[str, Any]]) -> None:
    engine = engine_of(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(engine, expire_on_commit=False)() as session:
        manager = UserManager(SQLAlchemyUserDatabase(session, User))
        for each in people:
            await manager.create(UserCreate(**each))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], json.load(sys.stdin)))
