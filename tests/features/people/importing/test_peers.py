"""People of other products, made by those products, come over and log in with the passwords they have."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url
from tests.cli.typed import Shell
from tests.features.people.importing.arriving import OURS, PASSWORD, Row, here, logs_in, made_by, roles_of

pytestmark = pytest.mark.processes
OTHERS = "Sanho-Bada-83!"


@pytest.fixture
def theirs(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """A database of theirs of the same kind as ours."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'theirs.db'}"
    url: str = request.getfixturevalue("postgres_server").create()
    return url


@pytest.fixture
def shell(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, database_url)
    shell.done("migrate", "up")
    return shell


def upgraded(shell: Shell, *emails: str) -> bool:
    found = here(shell)
    return all(found[each]["password"].startswith(OURS) and "$argon2id$" in found[each]["password"] for each in emails)


def test_people_of_fastapi_users_log_in_with_their_old_passwords(theirs: str, shell: Shell) -> None:
    driver = "sqlite+aiosqlite" if theirs.startswith("sqlite") else "postgresql+asyncpg"
    people: list[Row] = [
        {"email": "ann@example.com", "password": PASSWORD, "is_verified": True},
        {"email": "ann@example.org", "password": PASSWORD},
        {"email": "boss@example.com", "password": PASSWORD, "is_superuser": True},
        {"email": "gone@example.com", "password": PASSWORD, "is_active": False},
    ]
    made_by("fastapi_users_people.py", make_url(theirs).set(drivername=driver).render_as_string(hide_password=False), people)
    rehearsed = shell.told("import", "fastapi-users", theirs, "--dry-run")
    assert not here(shell)
    told = shell.told("import", "fastapi-users", theirs)
    assert {name: value for name, value in rehearsed.items() if name not in ("dry_run", "seconds")} == {
        name: value for name, value in told.items() if name not in ("dry_run", "seconds")
    }
    assert (told["imported"], told["rejected"], told["suspended"], told["unmapped_roles"]) == (4, 0, 1, {"is_superuser": 1})
    found = here(shell)
    assert [bool(found[each["email"]]["email_verified"]) for each in people] == [True, False, False, False]
    assert not upgraded(shell, "ann@example.com")
    assert logs_in(shell, *(each["email"] for each in people)) == [200, 200, 200, 403]
    assert logs_in(shell, "ann@example.com", password=OTHERS) == [401]
    assert upgraded(shell, "ann@example.com", "ann@example.org", "boss@example.com")
    assert roles_of(shell, "boss") == ["user"], "nobody becomes an administrator because they were one elsewhere"
    assert {found["ann@example.com"]["handle"].partition("-")[0], found["ann@example.org"]["handle"].partition("-")[0]} == {"ann"}
    assert logs_in(shell, found["ann@example.org"]["handle"]) == [200]
    assert shell.told("import", "fastapi-users", theirs)["here"] == 4
    assert shell.posted() == []


def test_people_of_django_log_in_with_their_old_passwords(theirs: str, shell: Shell) -> None:
    algorithms = ("pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt")
    people: list[Row] = [
        {
            "username": f"ann.{each}",
            "email": f"{each}@example.com",
            "password": PASSWORD,
            "hasher": each,
            "last_name": "안",
            "first_name": "은주",
        }
        for each in algorithms
    ]
    more: list[Row] = [
        {
            "username": "boss",
            "email": "boss@example.com",
            "password": PASSWORD,
            "is_superuser": True,
            "is_staff": True,
            "groups": ["editors"],
        },
        {"username": "quiet", "email": "quiet@example.com", "verified": False},
        {"username": "gone", "email": "gone@example.com", "password": PASSWORD, "is_active": False, "verified": True},
        {"username": "nobody@example.com", "email": "nobody@example.com", "password": PASSWORD, "date_joined": "2019-05-06T07:08:09+00:00"},
        {"username": "postless", "email": "", "password": PASSWORD},
        {"username": "한글", "email": "hangul@example.com", "password": PASSWORD},
    ]
    made_by("django_people.py", theirs, [*people, *more])
    result = shell.type(
        "import", "django", "-", "--json", "--role", "editors=content_admin", "--role", "is_staff=viewer", answer=f"{theirs}\n"
    )
    assert result.exit_code == 1, "two of them are not taken in, and that is said"
    found = here(shell)
    assert set(found) == {each["email"] for each in (*people, *more)} - {"", "hangul@example.com"}
    assert logs_in(shell, *(each["username"] for each in people)) == [200] * len(algorithms)
    assert upgraded(shell, *(each["email"] for each in people))
    assert found["pbkdf2_sha256@example.com"]["name"] == "안은주"
    assert roles_of(shell, "boss") == ["content_admin", "user", "viewer"]
    assert (found["gone@example.com"]["status"], bool(found["gone@example.com"]["email_verified"])) == ("BANNED", True)
    assert (found["quiet@example.com"]["password"], bool(found["quiet@example.com"]["email_verified"])) == (None, False)
    nobody = shell.told("user", "show", "nobody@example.com")
    assert nobody["created_at"].startswith("2019-05-06T07:08:09")
    assert nobody["handle"].startswith("nobody-"), "a name that speaks for the house is nobody's"
    assert shell.told("user", "show", "gone")["record"]["status_reason"] == "import: django"
    again = shell.type("import", "django", "-", "--json", "--taken-handle", "rename", answer=f"{theirs}\n")
    assert again.exit_code == 1
    assert here(shell)["hangul@example.com"]["handle"] == "hangul"


def test_a_table_of_ones_own_is_named_and_one_that_is_not_there_is_told(theirs: str, shell: Shell) -> None:
    made_by("django_people.py", theirs, [{"username": "ann", "email": "ann@example.com", "password": PASSWORD}])
    assert "auth_user" in shell.refused("import", "django", theirs, "--table", "accounts_user")
    assert "hashed_password" not in shell.refused("import", "fastapi-users", theirs, "--table", "auth_group")
    mapped = ("--table", "auth_user", "--map", "password=password", "--origin", "shop")
    assert shell.told("import", "fastapi-users", theirs, *mapped)["imported"] == 1
    assert logs_in(shell, "ann@example.com") == [200]
