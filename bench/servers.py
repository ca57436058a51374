"""Our server and the peer's, each started as its user would, each alone in its process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url
from tests.servers.postgres import DURABLE, postgres_server
from tests.servers.process import free_port, start, stop

from bench.caller import is_ready

ROOT = Path(__file__).resolve().parent.parent
PEER_APP = ROOT / "bench" / "peers" / "fastapi_users_app.py"
# One address logs everybody in: the limits that would stop it are raised, and still counted.
OPEN_LIMITS = {
    "DAEMUN_IDENTITY__SIGNUPS_PER_ADDRESS": "1000000",
    "DAEMUN_IDENTITY__ADDRESS_ATTEMPTS": "1000000",
    "DAEMUN_IDENTITY__ADDRESS_ACCOUNT_ATTEMPTS": "1000000",
    "DAEMUN_IDENTITY__LOGIN_ATTEMPTS": "1000000",
    "DAEMUN_IDENTITY__RECOVERIES_PER_ACCOUNT": "1000000",
    "DAEMUN_IDENTITY__RECOVERIES_PER_ADDRESS": "1000000",
    "DAEMUN_TOOLS": "bench.tools.empty",
    "DAEMUN_ACCESS_LOG": "no",  # as the peer's
}
Kind = Literal["SQLite", "PostgreSQL"]
KINDS: tuple[Kind, ...] = ("SQLite", "PostgreSQL")


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return (self.folder / "log").read_text("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Databases:
    """A URL for us and one for the peer: two databases of one kind, on one server."""

    kind: Kind
    ours: str | None
    peers: str


@contextmanager
def databases(kind: Kind, folder: Path) -> Iterator[Databases]:
    if kind == "SQLite":
        yield Databases(kind, None, f"sqlite+aiosqlite:///{folder / 'peer.db'}")
        return
    with postgres_server(DURABLE) as server:
        peers = make_url(server.create()).set(drivername="postgresql+asyncpg")
        yield Databases(kind, server.create(), peers.render_as_string(hide_password=False))


def database_of(folder: Path) -> str:
    """A SQLite file of our own below that folder, by its URL: for those who fill it."""
    return f"sqlite:///{folder / 'data' / 'bench.db'}"


@contextmanager
def daemun(folder: Path, database_url: str | None = None, *, module: str = "daemun", **more: str) -> Iterator[Server]:
    """`daemun serve` with one worker; `more` goes to its environment."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        module,
        *(["serve"] if module == "daemun" else []),
        "--port",
        str(port),
        "--data",
        str(folder / "data"),
    ]
    command += ["--database-url", database_url] if database_url else []
    with _running(command, folder, port, "/readyz", environment() | more) as server:
        yield server


@contextmanager
def peer(folder: Path, database_url: str) -> Iterator[Server]:
    port = free_port()
    command = [str(peers_python()), str(PEER_APP), str(port), database_url]
    with _running(command, folder, port, "/empty", dict(os.environ)) as server:
        yield server


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def is_postgres(url: str) -> bool:
    return url.startswith("postgresql")


def peers_python() -> Path | None:
    """The environment where the peers are installed: `make bench` prepares it."""
    found = Path(os.environ.get("PEERS_PYTHON", ".make/peers/bin/python"))
    found = found if found.is_absolute() else ROOT / found
    return found if found.exists() else None


def peers_version() -> str:
    asked = "from importlib.metadata import version as v; print('fastapi-users', v('fastapi-users'), '(SQLAlchemy', v('sqlalchemy') + ')')"
    return subprocess.run([str(peers_python()), "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def environment() -> dict[str, str]:
    """Ours, without what the shell happens to set for some other Daemun."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAEMUN_")}
    return kept | OPEN_LIMITS | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src")))}


@contextmanager
def _running(command: list[str], folder: Path, port: int, path: str, env: dict[str, str]) -> Iterator[Server]:
    folder.mkdir(parents=True, exist_ok=True)
    process = start(command, folder / "log", ready=partial(is_ready, port, path), environment=env, cwd=folder)
    try:
        yield Server(process.pid, port, folder, process)
    finally:
        stop(process)
