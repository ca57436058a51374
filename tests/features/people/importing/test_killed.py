"""An import that was killed is run again: nobody is here twice, and nobody is missing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.cli.typed import Shell
from tests.features.people.importing.arriving import BCRYPT, a_csv, lines_of
from tests.server.running import environment

from daemun.adapters.database.schema import glance

PEOPLE = 6000
PATIENCE = 60
pytestmark = pytest.mark.processes


def count(url: str, table: str) -> int:
    with glance(url) as connection:
        assert connection is not None
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_killed_in_the_middle_and_run_again_everybody_is_here_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, database_url)
    shell.done("migrate", "up")
    rows = [{"id": str(each), "email": f"kim@{each}.example.com", "name": "김하나", "password_hash": BCRYPT} for each in range(PEOPLE)]
    rows.insert(PEOPLE // 2, {"id": "x", "email": "nowhere", "name": "", "password_hash": ""})
    file = a_csv(tmp_path / "people.csv", rows)
    words = ("import", "csv", str(file), "--report", "report.csv")
    at = ("--data", str(tmp_path / "data"), "--database-url", database_url)
    process = subprocess.Popen([sys.executable, "-m", "daemun", *words, *at], cwd=tmp_path, env=environment())
    until = time.monotonic() + PATIENCE
    while count(database_url, "daemun_users") == 0:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    came = count(database_url, "daemun_users")
    assert 0 < came < PEOPLE
    assert count(database_url, "daemun_user_roles") == count(database_url, "daemun_imported") == came
    result = shell.type(*words, "--json")
    told = json.loads(result.stdout)
    assert (told["imported"], told["here"], told["rejected"]) == (PEOPLE - came, came, 1)
    assert count(database_url, "daemun_users") == count(database_url, "daemun_user_roles") == PEOPLE
    report = lines_of(tmp_path / "report.csv")
    assert len({each["user_id"] for each in report if each["came"] != "rejected"}) == PEOPLE
    assert [each["row"] for each in report if each["came"] == "rejected"] == [str(PEOPLE // 2 + 2)]
