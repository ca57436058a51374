"""A real server process, started as its user would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from tests.house import Member

# Limits that would hinder a test which makes two hundred people from one address.
OPEN_LIMITS = {
    "DAEMUN_IDENTITY__SIGNUPS_PER_ADDRESS": "100000",
    "DAEMUN_IDENTITY__ADDRESS_ATTEMPTS": "100000",
    "DAEMUN_IDENTITY__ADDRESS_ACCOUNT_ATTEMPTS": "100000",
}
PATIENCE = 60.0
BOSS = Member(handle="gatekeeper", email="boss@example.com", name="문지기")


@dataclass(slots=True)
class Server:
    folder: Path
    database_url: str | None = None
    workers: int = 1
    more: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", errors="replace")

    def start(self) -> None:
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "daemun", "serve", "--port", str(self.port), "--data", str(self.folder / "data")]
        command += ["--workers", str(self.workers)] + (["--database-url", self.database_url] if self.database_url else [])
        with (self.folder / "server.log").open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment() | self.more, stdout=output, stderr=output, start_new_session=True
            )

    def wait(self) -> None:
        """Until it answers; fails with what it printed when it dies instead."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process is not None and self.process.poll() is None, self.output
            try:
                if httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"not ready in {PATIENCE} s:\n{self.output}")

    def kill(self) -> None:
        """As if the power had gone: the server and every worker."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """As an operator stops it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        self.process = None
        return code


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("DAEMUN_")} | OPEN_LIMITS


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, database_url: str | None = None, *, workers: int = 1, more: Mapping[str, str] | None = None) -> Iterator[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(folder, database_url, workers, dict(more or {}))
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()


def a_master(server: Server) -> None:
    command = [sys.executable, "-m", "daemun", "admin", "create", "--password-stdin", "--json", "--data", str(server.folder / "data")]
    command += ["--handle", BOSS.handle, "--email", BOSS.email, "--name", BOSS.name]
    command += ["--database-url", server.database_url] if server.database_url else []
    done = subprocess.run(command, input=BOSS.password, text=True, capture_output=True, check=False, env=environment(), cwd=server.folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["role"] == "master"
