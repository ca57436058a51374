"""A PgBouncer in transaction mode, between us and the database."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from tests.servers.process import free_port, start, stop

from daemun.app.doctor import Asked, Report, examine
from daemun.app.settings import Settings

BINARY = shutil.which("pgbouncer")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(BINARY is None, reason="pgbouncer is not installed (apt-get install pgbouncer): poolers are not tried"),
]
CONFIGURATION = """
[databases]
* = host={host} port={backend} user={user} {more}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
unix_socket_dir =
logfile = {folder}/pgbouncer.log
ignore_startup_parameters = {ignored}
"""


@contextmanager
def behind_a_pooler(url: str, ignored: str, more: str) -> Iterator[str]:
    address, port, folder = make_url(url), free_port(), Path(tempfile.mkdtemp(prefix="daemun-pooler-"))
    told = {
        "host": address.host,
        "backend": address.port,
        "user": address.username,
        "port": port,
        "folder": folder,
        "ignored": ignored,
        "more": more,
    }
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(CONFIGURATION.format(**told))
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:  # it refuses to be root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    process = start([str(BINARY), configuration], folder / "log", ready=lambda: listens(port), **identity)
    try:
        yield address.set(port=port).render_as_string(hide_password=False)
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def examined(url: str, folder: Path) -> Report:
    settings = Settings.load(flags={"data": str(folder / "data"), "database_url": url}, environ={}, cwd=folder)
    return examine(settings, Asked(frozenset({"database.reachable", "database.pooler"})))


@pytest.mark.parametrize(
    ("ignored", "more", "found"),
    [
        ("", "", "database.reachable"),
        ("options", "", "database.pooler"),
        ("options", "connect_query='SET search_path = daemun'", "database.pooler"),
    ],
)
def test_a_pooler_that_mixes_connections_up_is_found_and_named(
    postgres_url: str, tmp_path: Path, ignored: str, more: str, found: str
) -> None:
    with behind_a_pooler(postgres_url, ignored, more) as url:
        report = examined(url, tmp_path)
    assert report.found() == [found]
    said = [finding for each in report.results if each.check.name == found for finding in each.findings]
    assert any("pooler" in each.what.en for each in said)
