"""`daemun doctor`, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.typed import Shell

WELL = {"DAEMUN_PASSWORD_POLICY": "nist"}


@pytest.fixture
def shell(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, sqlite_url)


def test_what_is_wrong_is_told_with_what_mends_it_and_counted_in_the_exit_code(shell: Shell) -> None:
    told = shell.type("doctor", "--offline", "--only", "identity,sessions", language="en_US.UTF-8")
    assert (told.exit_code, told.stderr) == (1, "")
    lines = told.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("deviation  identity.signup"))
    assert "(clause 26)" in lines[at]
    assert lines[at + 1].strip() == "→ Set DAEMUN_SIGNUP=private  (here: DAEMUN_IDENTITY__SIGNUP=open, default)"
    assert "pass       sessions" in told.stdout
    assert "\x1b[" not in told.stdout


def test_it_speaks_korean(shell: Shell) -> None:
    told = shell.type("doctor", "--offline", "--only", "26", "-v")
    assert "벗어남" in told.stdout
    assert "이렇게 정하십시오: DAEMUN_SIGNUP=private" in told.stdout
    assert "OWASP ASVS 5.0" in told.stdout


def test_nothing_to_mend_is_a_good_end(shell: Shell) -> None:
    assert shell.type("doctor", "--only", "sessions").exit_code == 0
    assert shell.type("doctor", "--only", "identity.length", **WELL).exit_code == 0
    assert shell.type("doctor", "--only", "identity.signup", "--accept", "26").exit_code == 0


def test_a_database_that_is_down_is_a_finding_and_no_traceback(shell: Shell) -> None:
    away = Shell(shell.folder, "postgresql://daemun:hidden@127.0.0.1:1/x")
    told = away.type("doctor", "--offline")
    assert told.exit_code == 2
    assert "database.reachable" in told.stdout
    assert "hidden" not in told.output
    assert "Traceback" not in told.output


def test_settings_that_would_stop_the_start_are_a_finding(shell: Shell) -> None:
    told = shell.type("doctor", "--offline", DAEMUN_PROFILE="prod", DAEMUN_CORS_ORIGINS="*")
    assert told.exit_code == 2
    for name in ("settings.right", "network.origins", "DAEMUN_PEPPER", "DAEMUN_PUBLIC_URL"):
        assert name in told.stdout


def test_programs_are_told_the_same_with_the_clauses(shell: Shell) -> None:
    answer = shell.type("doctor", "--offline", "--json", DAEMUN_REFRESH_MODE="reuse")
    told = json.loads(answer.stdout)
    assert (told["schema"], told["exit_code"], answer.exit_code) == (1, 1, 1)
    assert sorted(each["id"] for each in told["clauses"]) == list(range(1, 85))
    rotation = next(each for each in told["clauses"] if each["id"] == 56)
    assert (rotation["standing"], rotation["settings"]) == ("deviation", ["sessions.refresh_mode"])
    check = next(each for each in told["checks"] if each["name"] == "sessions.rotation")
    assert check["findings"][0]["settings"] == [
        {"env": "DAEMUN_SESSIONS__REFRESH_MODE", "value": "reuse", "source": "environment DAEMUN_REFRESH_MODE"}
    ]
    assert {each["name"] for each in told["profile_differences"]} >= {"plain_http", "https_redirect"}


def test_a_check_that_does_not_exist_is_a_usage_error(shell: Shell) -> None:
    assert "databse" in shell.refused("doctor", "--only", "databse", code=2)
