"""Processes that die amid a job."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import create_engine, text
from tests.features.jobs.working import TOOL
from tests.house import Member
from tests.server.running import Server, running

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[3]
UPTO = 60


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ticks(server: Server, job_id: str) -> list[tuple[int, int]]:
    """Process and number of everything that was begun."""
    file = server.folder / "data" / "tools" / "counting" / "ticks"
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [(int(pid), int(number)) for job, pid, number in lines if job == job_id]


def counted(server: Server, job_id: str) -> list[int]:
    url = server.database_url or f"sqlite:///{server.folder}/data/daemun.db"
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    schema = "daemun." if server.database_url else ""
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT number FROM {schema}counted WHERE job = :job"), {"job": job_id})
        return sorted(row[0] for row in rows)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_job_is_finished_when_its_process_is_killed_and_when_all_are(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    more = {"DAEMUN_TOOLS": TOOL, "PYTHONPATH": str(ROOT), "DAEMUN_JOBS__LEASE": "2s", "DAEMUN_JOBS__AT_ONCE": "1"}
    ann = Member()
    with running(tmp_path, url, workers=2, more=more) as server:
        assert httpx2.post(f"{server.url}/auth/signup", json=ann.form, timeout=30).status_code == 201
        answer = httpx2.post(f"{server.url}/auth/login", json={"user_id": ann.handle, "password": ann.password}, timeout=30)
        me = {"authorization": f"Bearer {answer.json()['access_token']}"}

        def status(job_id: str) -> dict[str, object]:
            try:
                return dict(httpx2.get(f"{server.url}/api/v1/jobs/{job_id}", headers=me, timeout=30).json())
            except httpx2.TransportError:  # it went to the process that was just killed
                return {}

        def submitted() -> str:
            order = {"upto": UPTO, "pause": 0.02}
            job_id = str(httpx2.post(f"{server.url}/counting", json=order, headers=me, timeout=30).json()["job_id"])
            until(lambda: len(ticks(server, job_id)) > 5)
            return job_id

        one = submitted()
        first = ticks(server, one)[0][0]
        os.kill(first, signal.SIGKILL)
        until(lambda: status(one).get("status") == "complete")

        two = submitted()
        server.kill()
        server.start()
        server.wait()
        until(lambda: status(two).get("status") == "complete")

        for job_id in (one, two):
            done = ticks(server, job_id)
            assert len({pid for pid, _ in done}) == 2  # begun anew by another process
            assert counted(server, job_id) == list(range(UPTO))  # and nothing done a second time
            file = httpx2.get(f"{server.url}/api/v1/jobs/{job_id}/file", headers=me, timeout=30)
            assert file.text.splitlines() == [str(number) for number in range(UPTO)]
        assert first not in {pid for pid, _ in ticks(server, two)}
