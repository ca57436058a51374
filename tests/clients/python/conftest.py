"""One real server on each database for all tests of the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.running import Server, running
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        with running(folder, workers=2) as started:
            yield started
        return
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    url = postgres.create()
    try:
        with running(folder, url, workers=2) as started:
            yield started
    finally:
        postgres.drop(url)
