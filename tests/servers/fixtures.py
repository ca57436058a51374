"""Databases and servers as fixtures. Each xdist worker has its own servers, each test its own database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from tests.servers.postgres import PostgresServer
from tests.servers.postgres import postgres_server as run_postgres
from tests.servers.valkey import valkey_server as run_valkey

__all__ = ["database_url", "postgres_server", "postgres_url", "sqlite_url", "valkey_server", "valkey_url"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'data' / 'daemun.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind: the test runs on both."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    with run_valkey() as url:
        yield url


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """An empty Valkey."""
    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server
