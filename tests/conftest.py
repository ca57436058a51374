"""Fixtures for every test."""

import gc

import pytest
from tests.clauses import Writing
from tests.servers.fixtures import *  # noqa: F403 - pytest finds fixtures by their names here


@pytest.fixture
def anyio_backend() -> str:
    """The server runs on asyncio, and so do its tests."""
    return "asyncio"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-clauses", choices=["alone", "too"], help="write the pages of clauses: run their tests alone, or all")


def pytest_configure(config: pytest.Config) -> None:
    if wanted := config.getoption("--write-clauses"):
        config.pluginmanager.register(Writing(alone=wanted == "alone"))


def pytest_collection_finish() -> None:
    """Thousands of tests and what they import stay to the end: walking over them again and again would take a fifth of the run.
    What houses leave behind, 4 MB each, is collected every hundred of them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 5)
