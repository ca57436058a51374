"""Real processes at one database and one Valkey: what ended is over, whoever is killed, and whatever Valkey remembers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx2
import pytest
import redis
from sqlalchemy import create_engine, text
from tests.house import Member
from tests.server.running import Server, environment, running
from tests.servers.valkey import Valkey, a_valkey

pytestmark = pytest.mark.processes
ANN = Member()


@dataclass(frozen=True, slots=True)
class Login:
    access: str
    refresh: str

    def is_in(self, http: httpx2.Client) -> bool:
        answer = http.get("/me", headers={"authorization": f"Bearer {self.access}"})
        assert answer.status_code in (200, 401), answer.text
        return answer.status_code == 200

    def out(self, http: httpx2.Client) -> int:
        return http.post("/auth/logout", json={"refresh_token": self.refresh}).status_code


def log_in(http: httpx2.Client) -> Login:
    answer = http.post("/auth/login", json={"user_id": ANN.handle, "password": ANN.password})
    assert answer.status_code == 200, answer.text
    return Login(answer.json()["access_token"], answer.json()["refresh_token"])


@contextmanager
def hammering(login: Login, url: str) -> Iterator[None]:
    """Asks all the time, so that an answer is on its way into the memory whenever something ends."""
    done = threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=url) as http:
            while not done.is_set():
                login.is_in(http)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        done.set()
        for each in threads:
            each.join()


def remembers(valkey: Valkey) -> bool:
    """Whether something is kept; waits for it, because a lease comes first."""
    with redis.Redis.from_url(valkey.url) as client:
        return bool(client.keys("*:answer:*"))


def warm(login: Login, http: httpx2.Client, valkey: Valkey) -> None:
    deadline = time.monotonic() + 30
    while not remembers(valkey):
        assert login.is_in(http), http.get("/me", headers={"authorization": f"Bearer {login.access}", "accept-language": "en"}).text
        assert time.monotonic() < deadline, "nothing is remembered, so nothing is tested"
        time.sleep(0.05)


def ended_in(database_url: str) -> set[str]:
    """The ids of sessions, as the database knows them."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            return set(connection.execute(text("SELECT id FROM daemun.daemun_session_families WHERE ended_at IS NOT NULL")).scalars())
    finally:
        engine.dispose()


def session_of(login: Login) -> str:
    body = login.access.split(".")[1]
    found: str = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sid"]
    return found


def test_what_ended_anywhere_is_over_everywhere_whoever_dies(tmp_path: Path, postgres_url: str) -> None:
    """A cached answer never outlives what it says."""
    with a_valkey() as valkey, ExitStack() as stack:
        more = {"DAEMUN_VALKEY_URL": valkey.url, "DAEMUN_SESSIONS__CACHE": "true", "DAEMUN_PUBLIC_URL": "http://gate.example"}
        reader = stack.enter_context(running(tmp_path, postgres_url, more=more))
        writer = stack.enter_context(running(tmp_path, postgres_url, more=more))
        here = stack.enter_context(httpx2.Client(base_url=reader.url, timeout=60))
        there = stack.enter_context(httpx2.Client(base_url=writer.url, timeout=60))
        assert there.post("/auth/signup", json=ANN.form).status_code == 201
        logins = [log_in(there) for _ in range(14)]

        warm(logins[-1], here, valkey)
        for login in logins[:6]:  # a race at each ending: answers are on their way into the memory while it ends
            with hammering(login, reader.url):
                assert login.is_in(here) and login.out(there) in (200, 204)
                assert not login.is_in(here), "accepted after its ending was answered"

        random = Random(7)
        for login in logins[6:10]:  # the writer is killed at any moment of it
            killed(writer, login, here, random)
            if session_of(login) in ended_in(postgres_url):
                assert not login.is_in(here), "accepted though the database says that it has ended"

        warm(logins[-1], here, valkey)
        with redis.Redis.from_url(valkey.url) as client:
            client.save()
        valkey.kill()
        with hammering(logins[10], reader.url):
            assert logins[10].out(there) in (200, 204)  # nobody to mark it with: it is slow, and it is so
            assert not logins[10].is_in(here)
        valkey.start()  # with what it remembered
        ended = ended_in(postgres_url)
        assert [each.is_in(here) for each in logins] == [session_of(each) not in ended for each in logins]

        warm(logins[-1], here, valkey)
        with hammering(logins[-1], reader.url):
            ban(tmp_path, postgres_url)  # a command line that knows of no Valkey
            assert not any(each.is_in(here) or each.is_in(there) for each in logins)


def killed(writer: Server, login: Login, here: httpx2.Client, random: Random) -> None:
    """Logs out at a server that dies meanwhile, and starts it again."""
    assert login.is_in(here)

    def leave() -> None:
        with suppress(httpx2.TransportError), httpx2.Client(base_url=writer.url) as http:
            login.out(http)

    leaving = threading.Thread(target=leave)
    leaving.start()
    time.sleep(random.random() * 0.02)
    writer.kill()
    leaving.join()
    writer.start()
    writer.wait()


def ban(folder: Path, database_url: str) -> None:
    command = [sys.executable, "-m", "daemun", "user", "ban", ANN.handle, "--reason", "광고"]
    command += ["--data", str(folder / "data"), "--database-url", database_url]
    done = subprocess.run(command, text=True, capture_output=True, check=False, env=environment(), cwd=folder)
    assert done.returncode == 0, done.stderr


def test_a_valkey_that_says_nothing_any_more_stops_nobody(tmp_path: Path, sqlite_url: str) -> None:
    """Stopped and not dead: connections stay open, and nothing comes."""
    with a_valkey() as valkey:
        more = {"DAEMUN_VALKEY_URL": valkey.url, "DAEMUN_SESSIONS__CACHE": "true", "DAEMUN_PUBLIC_URL": "http://gate.example"}
        with running(tmp_path, sqlite_url, more=more) as server, httpx2.Client(base_url=server.url, timeout=60) as http:
            assert http.post("/auth/signup", json=ANN.form).status_code == 201
            logins = [log_in(http) for _ in range(3)]
            warm(logins[0], http, valkey)
            assert valkey.process is not None
            os.kill(valkey.process.pid, signal.SIGSTOP)
            try:
                assert all(each.is_in(http) for each in logins)
                assert logins[0].out(http) in (200, 204)
                assert not logins[0].is_in(http)
            finally:
                os.kill(valkey.process.pid, signal.SIGCONT)
            assert not logins[0].is_in(http)
            warm(logins[1], http, valkey)
            assert logins[1].out(http) in (200, 204)
            assert not logins[1].is_in(http)
