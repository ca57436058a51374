"""Whatever is sent, nothing answers 500 and nothing answers what the OpenAPI does not say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx2
import pytest
from tests.house import Member
from tests.server.running import BOSS, Server, a_master, environment, running

pytestmark = pytest.mark.processes
HERE: Final = Path(__file__).parent
CHECKS: Final = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"
LIMITS: Final = {
    "DAEMUN_IDENTITY__LOGIN_ATTEMPTS": "100000",
    "DAEMUN_IDENTITY__RECOVERIES_PER_ADDRESS": "100000",
    "DAEMUN_IDENTITY__HASH_QUEUE": "1000",
}
ONE_PERSON: Final = r"^/api/v1/users/\{user_id\}"
TAGS: Final = ("auth", "me", "recovery", "roles", "users")
# Each of them is tried by itself, so that they are tried side by side; what has another tag is among the others.
PARTS: Final[dict[str, list[str]]] = {
    **{tag: ["--include-tag", tag] for tag in TAGS if tag != "users"},
    "one person": ["--include-path-regex", ONE_PERSON],
    "people": ["--include-tag", "users", "--exclude-path-regex", ONE_PERSON],
    "others": [word for tag in TAGS for word in ("--exclude-tag", tag)],
}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("part", PARTS)
def test_schemathesis_finds_no_500_and_no_undocumented_answer(
    tmp_path: Path, part: str, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with running(tmp_path, url, more=LIMITS) as server:
        inhabited(server)
        done = tried(server, PARTS[part])
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "Traceback" not in server.output
        # Where it was known to nobody it would have found nothing.
        assert "Missing authentication" not in done.stdout, done.stdout


def inhabited(server: Server) -> None:
    """By a master, and by people to whom something may be done."""
    a_master(server)
    for number in range(40):
        member = Member(handle=f"member_{number}", email=f"member{number}@example.com")
        assert httpx2.post(f"{server.url}/auth/signup", json=member.form, timeout=30).status_code == 201


def tried(server: Server, part: list[str]) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}/openapi.json", *part]
    command += ["--checks", CHECKS, "--max-examples", "20", "--phases", "examples,coverage,fuzzing", "--seed", "20261121"]
    command += ["--no-color", "--generation-database", "none"]
    told = {"FUZZED_URL": server.url, "FUZZED_MASTER": BOSS.handle, "FUZZED_PASSWORD": BOSS.password, "PYTHONPATH": str(HERE)}
    return subprocess.run(
        command,
        cwd=server.folder,
        env=environment() | told | {"SCHEMATHESIS_HOOKS": "fuzzing"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
