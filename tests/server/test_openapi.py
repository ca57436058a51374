"""Whatever is sent, nothing answers 500 and nothing answers what the OpenAPI does not say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from tests.house import Member
from tests.server.running import running

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_schemathesis_finds_no_500_and_no_undocumented_answer(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    more = {"DAEMUN_IDENTITY__LOGIN_ATTEMPTS": "100000", "DAEMUN_IDENTITY__HASH_QUEUE": "1000"}
    with running(tmp_path, url, more=more) as server:
        httpx2.post(f"{server.url}/auth/signup", json=Member().form, timeout=30)
        login = httpx2.post(f"{server.url}/auth/login", json={"user_id": Member().handle, "password": Member().password}, timeout=30)
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "run",
                f"{server.url}/openapi.json",
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth",
                "--header",
                f"Authorization: Bearer {login.json()['access_token']}",
                "--max-examples",
                "100",
                "--phases",
                "examples,coverage,fuzzing",
                "--seed",
                "20261121",
                "--no-color",
                "--generation-database",
                "none",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stdout[-6000:]
        assert "Traceback" not in server.output
