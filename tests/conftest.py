"""Fixtures for every test."""

import pytest
from tests.servers.fixtures import *  # noqa: F403 - pytest finds fixtures by their names here


@pytest.fixture
def anyio_backend() -> str:
    """The server runs on asyncio, and so do its tests."""
    return "asyncio"
