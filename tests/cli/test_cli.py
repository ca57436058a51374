"""The command line, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.features.audit.logged import recorded
from tests.house import Member
from tests.server.test_serving import daemun

ADMIN = ("admin", "create", "--handle", "gate.keeper", "--email", "keeper@example.com", "--name", "문지기", "--password-stdin")
pytestmark = pytest.mark.processes


def test_help_says_what_there_is(tmp_path: Path) -> None:
    answer = daemun(tmp_path, "--help")
    assert answer.returncode == 0
    for command in ("serve", "import", "migrate", "settings", "admin", "user", "letters", "keys", "passwords"):
        assert command in answer.stdout
    assert "0 done" in answer.stdout
    for command in ("serve", "admin create", "keys rotate"):
        assert daemun(tmp_path, *command.split(), "--help").returncode == 0


def test_the_version_is_told(tmp_path: Path) -> None:
    assert daemun(tmp_path, "--version").stdout.startswith("daemun 0.")


def test_the_first_admin_is_a_master(tmp_path: Path, database_url: str) -> None:
    made = daemun(tmp_path, *ADMIN, "--json", "--database-url", database_url, stdin="Dolbi-Samcheong-81!\n")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["role"] == "master"
    again = daemun(tmp_path, *ADMIN, "--database-url", database_url, stdin="Dolbi-Samcheong-81!\n", LANG="en_US.UTF-8")
    assert (again.returncode, again.stderr.strip()) == (1, "This user id is taken.")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (("--handle", "한글"), "아이디는"),
        (("--email", "nowhere"), "이메일"),
        (("--role", "emperor"), "emperor"),
    ],
)
def test_a_wrong_admin_is_refused_with_a_sentence(tmp_path: Path, changed: tuple[str, str], sentence: str) -> None:
    answer = daemun(tmp_path, *ADMIN, *changed, stdin="Dolbi-Samcheong-81!\n")
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_weak_admin_password_is_refused_with_its_reasons(tmp_path: Path) -> None:
    answer = daemun(tmp_path, *ADMIN, stdin="abc\n")
    assert answer.returncode == 1
    assert "8자" in answer.stderr


def test_a_missing_password_is_a_usage_error(tmp_path: Path) -> None:
    assert daemun(tmp_path, *ADMIN, stdin="").returncode == 2


def test_unlocking_somebody_unknown_is_refused(tmp_path: Path) -> None:
    daemun(tmp_path, "migrate", "up")
    answer = daemun(tmp_path, "admin", "unlock", Member().handle)
    assert (answer.returncode, "그런 계정이 없습니다" in answer.stderr) == (1, True)


def test_keys_are_listed_without_secrets_and_rotated(tmp_path: Path) -> None:
    daemun(tmp_path, "migrate", "up")
    early = daemun(tmp_path, "keys", "rotate")
    assert (early.returncode, "--now" in early.stderr) == (1, True)
    before = json.loads(daemun(tmp_path, "keys", "list", "--json").stdout)["keys"]
    states = {(each["kind"], each["state"]): each["kid"] for each in before}
    assert set(states) == {("signing", "active"), ("signing", "next"), ("refresh", "active"), ("refresh", "next")}
    rotated = json.loads(daemun(tmp_path, "keys", "rotate", "--now", "--json").stdout)
    assert (rotated["kid"], rotated["state"]) == (states["signing", "next"], "active")
    after = {each["kid"]: each["state"] for each in json.loads(daemun(tmp_path, "keys", "list", "--json").stdout)["keys"]}
    assert after[states["signing", "active"]] == "retired"
    assert any("rotat" in each.get("a", "") for each in recorded(tmp_path / "daemun-data"))


def test_the_schema_goes_down_and_up_again(tmp_path: Path, database_url: str) -> None:
    at = ("--database-url", database_url)
    assert json.loads(daemun(tmp_path, "migrate", "up", "--json", *at).stdout)["applied"]
    assert json.loads(daemun(tmp_path, "migrate", "up", "--json", *at).stdout)["applied"] == []
    refused = daemun(tmp_path, "migrate", "down", "identity", *at, stdin="n\n")
    assert refused.returncode == 1
    down = json.loads(daemun(tmp_path, "migrate", "down", "identity", "--yes", "--json", *at).stdout)
    assert down["reverted"] == ["identity_0004"]
    assert json.loads(daemun(tmp_path, "migrate", "status", "--json", *at).stdout)["pending"] == ["identity_0004"]
    assert daemun(tmp_path, "migrate", "down", "base", "--yes", *at).returncode == 0
    assert daemun(tmp_path, "migrate", "up", *at).returncode == 0


def test_settings_show_where_each_value_comes_from_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JWT_ACCESS_TOKEN_EXPIRE_MINUTES=30\nDATABASE_URL=postgresql://ann:geheim@localhost/x\n")
    answer = daemun(tmp_path, "settings", "--json", DAEMUN_PORT="9001")
    assert answer.returncode == 0, answer.stderr
    assert "geheim" not in answer.stdout
    assert "9001" in answer.stdout
    assert "JWT_ACCESS_TOKEN_EXPIRE_MINUTES" in answer.stdout


def test_a_misspelt_setting_stops_everything_with_a_suggestion(tmp_path: Path) -> None:
    answer = daemun(tmp_path, "settings", DAEMUN_SESIONS__ACCESS_LIFETIME="5m")
    assert answer.returncode == 3
    assert "DAEMUN_SESSIONS__ACCESS_LIFETIME" in answer.stderr


def test_leaked_passwords_are_added_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "leaked.txt").write_text("Dolbi-Samcheong-81!\nother-one\n")
    assert daemun(tmp_path, "passwords", "import", "leaked.txt").returncode == 0
    answer = daemun(tmp_path, *ADMIN, stdin="Dolbi-Samcheong-81!\n")
    assert answer.returncode == 1


@pytest.mark.parametrize(
    "command", [("keys", "list"), ("keys", "rotate"), ("admin", "unlock", "x"), ("migrate", "status"), ("migrate", "down", "base")]
)
def test_whoever_only_looks_founds_no_new_house(tmp_path: Path, command: tuple[str, ...]) -> None:
    answer = daemun(tmp_path, *command, "--data", str(tmp_path / "elsewhere"))
    assert (answer.returncode, str(tmp_path / "elsewhere") in answer.stderr) == (1, True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_database_belongs_to_the_secrets_it_was_made_with(tmp_path: Path, database_url: str) -> None:
    assert daemun(tmp_path, *ADMIN, "--database-url", database_url, stdin="Dolbi-Samcheong-81!\n").returncode == 0
    other = ("--data", str(tmp_path / "elsewhere"), "--database-url", database_url)
    answer = daemun(tmp_path, *ADMIN, *other, stdin="Dolbi-Samcheong-81!\n")
    assert (answer.returncode, "--data" in answer.stderr) == (3, True)
    served = daemun(tmp_path, "serve", *other)
    assert (served.returncode, "--data" in served.stderr, "Traceback" in served.stderr) == (3, True, False)


def test_a_branch_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    daemun(tmp_path, "migrate", "up")
    answer = daemun(tmp_path, "migrate", "down", "acess", "--yes")
    assert (answer.returncode, "access" in answer.stderr, "Traceback" in answer.stderr) == (2, True, False)


@pytest.mark.parametrize("module", ["hello_tol", "json"])
def test_a_tool_that_is_none_is_told_in_a_sentence(tmp_path: Path, module: str) -> None:
    answer = daemun(tmp_path, "settings", DAEMUN_TOOLS=module)
    assert (answer.returncode, module in answer.stderr, "Traceback" in answer.stderr) == (3, True, False)
