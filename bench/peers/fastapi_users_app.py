"""fastapi-users as its documentation builds it: bearer transport, database strategy, its own routes and tables.

Runs in an environment of its own, which has no Daemun: `python fastapi_users_app.py PORT DATABASE_URL`.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import Depends, FastAPI, Response
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport
from fastapi_users.authentication.strategy.db import AccessTokenDatabase, DatabaseStrategy
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import SQLAlchemyAccessTokenDatabase, SQLAlchemyBaseAccessTokenTableUUID
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

LIFETIME_SECONDS = 3600
POOL = 10  # as many connections as our own server opens, and more than the load has lanes: none is opened while it is measured


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    pass


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


class UserRead(schemas.BaseUser[uuid.UUID]):
    pass


class UserCreate(schemas.BaseUserCreate):
    pass


class UserUpdate(schemas.BaseUserUpdate):
    pass


class UserManager(UUIDIDMixin, BaseUserManager[User, uuid.UUID]):
    reset_password_token_secret = "measured, not used"
    verification_token_secret = "measured, not used"


def engine_of(url: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=POOL)
    if url.startswith("sqlite"):
        event.listen(engine.sync_engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))
    return engine


def create(url: str) -> FastAPI:
    engine = engine_of(url)
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    async def user_db(opened: AsyncSession = Depends(session)) -> AsyncIterator[Any]:
        yield SQLAlchemyUserDatabase(opened, User)

    async def token_db(opened: AsyncSession = Depends(session)) -> AsyncIterator[Any]:
        yield SQLAlchemyAccessTokenDatabase(opened, AccessToken)

    async def manager(db: Any = Depends(user_db)) -> AsyncIterator[UserManager]:
        yield UserManager(db)

    def strategy(db: AccessTokenDatabase[AccessToken] = Depends(token_db)) -> DatabaseStrategy[User, uuid.UUID, AccessToken]:
        return DatabaseStrategy(db, lifetime_seconds=LIFETIME_SECONDS)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        yield
        await engine.dispose()

    backend = AuthenticationBackend(name="database", transport=BearerTransport(tokenUrl="auth/login"), get_strategy=strategy)
    users = FastAPIUsers[User, uuid.UUID](manager, [backend])
    app = FastAPI(lifespan=lifespan)
    app.include_router(users.get_auth_router(backend), prefix="/auth")
    app.include_router(users.get_register_router(UserRead, UserCreate), prefix="/auth")
    app.include_router(users.get_users_router(UserRead, UserUpdate), prefix="/users")

    @app.get("/empty")
    async def empty() -> Response:
        return Response(b"{}", media_type="application/json")

    return app


if __name__ == "__main__":
    port, database_url = sys.argv[1:]
    uvicorn.run(
        create(database_url), port=int(port), loop="uvloop", http="httptools", access_log=False, log_level="warning", server_header=False
    )
