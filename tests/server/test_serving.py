"""The server as a process: it starts, stops, is killed, and several start at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from tests.house import Member
from tests.server.running import Server, environment, free_port, running

pytestmark = pytest.mark.processes


def person(number: int) -> Member:
    return Member(handle=f"person_{number}", email=f"person{number}@example.com")


def test_one_command_starts_it_and_the_story_goes_through(tmp_path: Path) -> None:
    with running(tmp_path) as server, httpx2.Client(base_url=server.url) as http:
        assert http.post("/auth/signup", json=Member().form).status_code == 201
        tokens = http.post("/auth/login", json={"user_id": Member().handle, "password": Member().password}).json()
        assert http.get("/me", headers={"authorization": f"Bearer {tokens['access_token']}"}).json()["user_id"] == Member().handle
        secrets = [each for each in (tmp_path / "data").rglob("*") if each.is_file() and "secrets" in each.parts]
        assert secrets
        assert all(each.stat().st_mode & 0o077 == 0 for each in secrets)


def test_stopping_lets_running_requests_finish(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        answers: list[int] = []

        def sign_up(number: int) -> None:
            # A connection that was never accepted is refused; one that was is answered.
            with suppress(httpx2.ConnectError, httpx2.ReadError):
                answers.append(httpx2.post(f"{server.url}/auth/signup", json=person(number).form, timeout=30).status_code)

        threads = [threading.Thread(target=sign_up, args=(number,)) for number in range(12)]
        for each in threads:
            each.start()
        while not answers:
            time.sleep(0.001)
        server.stop()
        for each in threads:
            each.join()
        assert set(answers) == {201}


def test_killed_amid_two_hundred_sign_ups_whoever_was_answered_exists(tmp_path: Path, database_url: str) -> None:
    """Every answered one exists, none is half there, the restart is clean."""
    server = Server(tmp_path, database_url)
    server.start()
    try:
        server.wait()
        answered: list[int] = []

        def sign_up(number: int) -> None:
            try:
                if httpx2.post(f"{server.url}/auth/signup", json=person(number).form, timeout=30).status_code == 201:
                    answered.append(number)
            except httpx2.TransportError:
                return
            if len(answered) >= 60:
                killing.set()

        killing = threading.Event()
        with ThreadPoolExecutor(16) as pool:
            futures = [pool.submit(sign_up, number) for number in range(200)]
            killing.wait(60)
            server.kill()
            for each in futures:
                each.result()
        assert 60 <= len(answered) < 200
        server.start()
        server.wait()
        with httpx2.Client(base_url=server.url, timeout=30) as http:
            for number in range(200):
                member = person(number)
                login = http.post("/auth/login", json={"user_id": member.handle, "password": member.password})
                if number in answered:
                    assert login.status_code == 200
                if login.status_code == 200:
                    me = http.get("/me", headers={"authorization": f"Bearer {login.json()['access_token']}"}).json()
                    assert (me["user_id"], me["email"], me["roles"]) == (member.handle, member.email, ["user"])
                else:
                    assert login.status_code == 401
                    assert http.post("/auth/signup", json=member.form).status_code == 201
        assert "Traceback" not in server.output
    finally:
        server.kill()


def test_four_servers_with_four_workers_starting_at_once_migrate_once(tmp_path: Path, database_url: str) -> None:
    ports = [free_port() for _ in range(2)]
    servers = [Server(tmp_path, database_url, workers=4, port=port) for port in ports]
    try:
        for each in servers:
            each.start()
        for each in servers:
            each.wait()
        for each in servers:
            assert httpx2.post(f"{each.url}/auth/signup", json=person(each.port).form, timeout=30).status_code == 201
        assert "Traceback" not in servers[0].output
        status = daemun(tmp_path, "migrate", "status", "--json", "--data", str(tmp_path / "data"), "--database-url", database_url)
        assert json.loads(status.stdout)["pending"] == []
        assert len(json.loads(status.stdout)["applied"]) >= 3
    finally:
        for each in servers:
            each.kill()


def test_workers_share_their_counts_and_their_sessions(tmp_path: Path, database_url: str) -> None:
    with running(tmp_path, database_url, workers=4) as server:
        member = person(1)
        assert httpx2.post(f"{server.url}/auth/signup", json=member.form, timeout=30).status_code == 201
        login = httpx2.post(f"{server.url}/auth/login", json={"user_id": member.handle, "password": member.password}, timeout=30).json()
        bearer = {"authorization": f"Bearer {login['access_token']}"}
        with ThreadPoolExecutor(8) as pool:
            assert {
                each.status_code for each in pool.map(lambda _: httpx2.get(f"{server.url}/me", headers=bearer, timeout=30), range(24))
            } == {200}
        httpx2.post(f"{server.url}/auth/logout", json={"refresh_token": login["refresh_token"]}, timeout=30)
        with ThreadPoolExecutor(8) as pool:
            assert {
                each.status_code for each in pool.map(lambda _: httpx2.get(f"{server.url}/me", headers=bearer, timeout=30), range(24))
            } == {401}
        wrong = {"user_id": member.handle, "password": "Wrong-Pass-11!"}
        with ThreadPoolExecutor(16) as pool:
            guesses = [
                each.status_code for each in pool.map(lambda _: httpx2.post(f"{server.url}/auth/login", json=wrong, timeout=60), range(40))
            ]
        assert guesses.count(401) == 5
        assert guesses.count(429) == 35


def test_a_tool_of_ones_own_needs_nothing_but_the_plug_in_interface(tmp_path: Path) -> None:
    tool = Path(__file__).resolve().parents[2] / "examples" / "hello_tool"
    source = (tool / "hello_tool.py").read_text("utf-8")
    assert all(
        line.startswith(("from daemun.plugin", "from __future__", "from dataclasses", "from pathlib"))
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    )
    more = {"DAEMUN_TOOLS": "hello_tool", "PYTHONPATH": str(tool), "DAEMUN_HELLO__GREETING": "어서 오세요"}
    with running(tmp_path, more=more) as server, httpx2.Client(base_url=server.url) as http:
        http.post("/auth/signup", json=Member().form)
        token = http.post("/auth/login", json={"user_id": Member().handle, "password": Member().password}).json()["access_token"]
        bearer = {"authorization": f"Bearer {token}"}
        assert http.post("/hello/홍길동", headers=bearer).json() == {"text": "어서 오세요, 홍길동!"}
        assert http.post("/hello/홍길동").status_code == 401
        refused = http.post("/hello/%20", headers=bearer)
        assert (refused.status_code, refused.json()["detail"]) == (409, "인사할 사람이 없습니다.")
        assert "hello.greet" in http.get("/me", headers=bearer).json()["permissions"]
    said = daemun(tmp_path, "audit", "search", "action:hello.greet outcome:success", "--json", "--data", "data", **more)
    assert json.loads(said.stdout)["action"] == "hello.greet", said.stderr


def test_a_guessable_secret_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    """Clause 71."""
    answer = daemun(tmp_path, "serve", DAEMUN_ENCRYPTION_KEY="your-super-secret-key-change-this-in-production-min-32-chars")
    assert answer.returncode == 3
    assert "DAEMUN_ENCRYPTION_KEY" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        answer = daemun(tmp_path, "serve", "--port", str(server.port))
    assert answer.returncode == 1
    assert f"127.0.0.1:{server.port}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_is_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    answer = daemun(tmp_path, "serve", "--database-url", f"postgresql://ann@127.0.0.1:{free_port()}/daemun")
    assert answer.returncode == 1
    assert "데이터베이스" in answer.stderr
    assert "Traceback" not in answer.stderr


def daemun(folder: Path, *arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "daemun", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment() | more, input=stdin, capture_output=True, text=True, check=False, timeout=120
    )
