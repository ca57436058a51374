"""A server is replaced under load, and told to stop: nobody is turned away."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.server.running import PATIENCE, Server, running

pytestmark = pytest.mark.processes
TOKEN = "7hLqvZ0nJp3kWx9sTfRb2cYdGmEuAa4iQo8VtHs1KzX"
DONE = "all processes are new"
TOOL = """
from daemun.plugin import APIRouter, Feature, Kit, public

def plug(kit: Kit) -> Feature:
    routes = APIRouter()

    @routes.get("/edition", dependencies=[public("a number")])
    async def edition() -> dict[str, int]:
        return {{"edition": {edition}}}

    return Feature("edition", routers=(routes,))
"""


@dataclass
class Callers:
    """Some with a new connection for each call, some that keep theirs. Whatever is not 200 is kept."""

    url: str
    answers: Counter[object] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self, *, keeps: bool) -> None:
        kept = httpx2.Client(base_url=self.url, timeout=30)
        while not self.over.is_set():
            client = kept if keeps else httpx2.Client(base_url=self.url, timeout=30)
            try:
                answer = client.get("/edition")
                self.answers[answer.json()["edition"] if answer.status_code == 200 else answer.status_code] += 1
            except httpx2.TransportError as error:
                self.wrong.append(f"{'kept' if keeps else 'new'}: {error!r}")
            if not keeps:
                client.close()
            self.over.wait(0.005)  # the new processes need the machine, too
        kept.close()


@contextmanager
def calling(server: Server) -> Iterator[Callers]:
    callers = Callers(server.url)
    threads = [threading.Thread(target=callers.call, kwargs={"keeps": number % 2 == 0}) for number in range(2)]
    for each in threads:
        each.start()
    try:
        yield callers
    finally:
        callers.over.set()
        for each in threads:
            each.join()


def until(true: Callable[[], bool], what: str, server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"{what}:\n{server.output}"
        time.sleep(0.05)


def hang_up(server: Server) -> None:
    assert server.process is not None
    server.process.send_signal(signal.SIGHUP)


def told(server: Server) -> dict[str, float]:
    text = httpx2.get(f"{server.url}/metrics", headers={"authorization": f"Bearer {TOKEN}"}, timeout=30).text
    found: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.labels.get("route", "/edition") == "/edition":
                found[sample.name] += sample.value
    return dict(found)


def test_new_code_and_settings_come_in_under_load_without_refusing_a_call(tmp_path: Path, database_url: str) -> None:
    tool = tmp_path / "edition.py"
    tool.write_text(TOOL.format(edition=1))
    more = {
        "DAEMUN_TOOLS": "edition",
        "PYTHONPATH": str(tmp_path),
        "DAEMUN_METRICS__TOKEN": TOKEN,
        "PYTHONDONTWRITEBYTECODE": "1",
        "DAEMUN_ACCESS_LOG": "no",
    }
    with running(tmp_path, database_url, workers=2, more=more) as server:
        with calling(server) as callers:
            until(lambda: callers.answers[1] > 20, "no answers", server)
            tool.write_text(TOOL.format(edition=2))
            (tmp_path / "daemun.toml").write_text('log_level = "error"\n')
            hang_up(server)
            until(lambda: DONE in server.output, "not replaced", server)
            before = callers.answers[2]
            until(lambda: callers.answers[2] > before + 20, "the new code does not answer", server)
        assert not callers.wrong
        assert set(callers.answers) == {1, 2}
        # What those counted that are gone is still told, by whoever is asked.
        numbers = told(server)
        assert numbers["daemun_http_requests_total"] == callers.answers.total()
        until(lambda: told(server)["daemun_processes"] == 2, "the former processes are still there", server)

        (tmp_path / "daemun.toml").write_text('prot = "1"\n')
        with calling(server) as callers:
            hang_up(server)
            until(lambda: "did not come up" in server.output, "wrong settings were not noticed", server)
            until(lambda: callers.answers[2] > 20, "the former processes stopped", server)
        assert not callers.wrong
        assert "Traceback" not in server.output


def test_told_to_stop_it_is_not_ready_first_and_serves_on_until_the_delay_is_over(tmp_path: Path) -> None:
    more = {"DAEMUN_WEB__SHUTDOWN_DELAY": "2s"}
    for workers in (1, 2):
        with running(tmp_path / str(workers), workers=workers, more=more) as server:
            assert server.process is not None
            server.process.send_signal(signal.SIGTERM)
            until(lambda: httpx2.get(f"{server.url}/readyz", timeout=30).status_code == 503, "still ready", server)
            assert httpx2.get(f"{server.url}/healthz", timeout=30).status_code == 200
            assert server.process.wait(PATIENCE) in (0, -signal.SIGTERM)
            server.process = None


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    with running(tmp_path, workers=2) as server:
        assert server.process is not None
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        victim = next(each for each in map(int, children) if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes())
        os.kill(victim, signal.SIGKILL)
        until(lambda: "started again" in server.output, "nobody noticed", server)
        assert httpx2.get(f"{server.url}/readyz", timeout=30).status_code == 200
