"""What becomes of people who come from another system: who comes in, who does not and why, and what is never done."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.cli.typed import Shell
from tests.features.people.importing.arriving import BCRYPT, a_csv, here, lines_of, logs_in, roles_of
from tests.house import a_house, built

ANN = {"id": "1", "username": "ann_2026", "email": "ann@example.com", "name": "안은주", "password_hash": BCRYPT}


@pytest.fixture
def shell(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return a_shell(tmp_path, sqlite_url, monkeypatch)


@pytest.fixture
def either(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """On both databases."""
    return a_shell(tmp_path, database_url, monkeypatch)


def a_shell(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(folder)
    shell = Shell(folder, url)
    shell.done("migrate", "up")
    return shell


def imported(shell: Shell, *words: str) -> Any:
    """The summary, whatever the exit code was."""
    result = shell.type("import", "csv", *words, "--json")
    assert "Traceback" not in result.output
    return json.loads(result.stdout)


PLANTED: Mapping[str, tuple[dict[str, str], set[str]]] = {
    "no address": ({"username": "b1", "email": ""}, {"import_email_missing"}),
    "no such address": ({"username": "b2", "email": "no at"}, {"email_form"}),
    "a handle with a blank": ({"username": "b 3", "email": "b3@example.com"}, {"handle_form"}),
    "a handle that speaks for the house": ({"username": "admin", "email": "b4@example.com"}, {"import_handle_reserved"}),
    "a name of two lines": ({"username": "b5", "email": "b5@example.com", "name": "a\nb"}, {"name_form"}),
    "a password as it is": ({"username": "b6", "email": "b6@example.com", "password_hash": "hunter2"}, {"import_hash_unknown"}),
    "a hash that would stop the server": (
        {"username": "b7", "email": "b7@example.com", "password_hash": BCRYPT.replace("$06$", "$31$")},
        {"import_hash_unknown"},
    ),
    "neither yes nor no": ({"username": "b8", "email": "b8@example.com", "is_active": "maybe"}, {"import_truth_form"}),
    "never": ({"username": "b9", "email": "b9@example.com", "created_at": "never"}, {"import_moment_form"}),
    "before there were computers": ({"username": "b10", "email": "b10@example.com", "created_at": "1890-01-01"}, {"import_moment_form"}),
    "several at once": (
        {"username": "b 11", "email": "x", "password_hash": "x", "is_active": "?"},
        {"handle_form", "email_form", "import_hash_unknown", "import_truth_form"},
    ),
    "an address again": ({"id": "900", "username": "b12", "email": "ANN@example.com"}, {"email_taken"}),
    "a handle again": ({"id": "901", "username": "Ann_2026", "email": "b13@example.com"}, {"handle_taken"}),
    "a number again": ({"id": "1", "username": "b14", "email": "b14@example.com"}, {"import_other_person"}),
}


def test_each_planted_row_is_rejected_with_its_reasons_and_no_hash_is_written_down(either: Shell) -> None:
    rows = [ANN, *({"id": str(100 + number)} | planted for number, (planted, _) in enumerate(PLANTED.values()))]
    file = a_csv(either.folder / "people.csv", rows)
    with file.open("a") as more:
        more.write('1,2,3\n"open,1,2,3,4,5,6\n')
    rehearsed = imported(either, str(file), "--dry-run", "--report", "rehearsed.csv")
    foretold = (either.folder / "data/imports/csv-rejects.csv").read_text("utf-8-sig")
    assert not here(either)
    told = imported(either, str(file), "--report", "report.csv")
    rejects = either.folder / "data/imports/csv-rejects.csv"
    assert {**told, "dry_run": True, "seconds": 0, "report_file": ""} == {**rehearsed, "seconds": 0, "report_file": ""}
    assert rejects.read_text("utf-8-sig") == foretold
    assert set(here(either)) == {"ann@example.com"}
    found: dict[int, set[str]] = {}
    for line in lines_of(rejects):
        found.setdefault(int(line["row"]), set()).add(line["code"])
        assert line["ko"] not in ("", line["code"])
        assert line["en"] not in ("", line["code"])
    expected = {number: codes for number, (_, codes) in enumerate(PLANTED.values(), 3)}
    assert found == expected | {len(PLANTED) + 3: {"import_row_width"}, len(PLANTED) + 4: {"import_row_quotes"}}
    assert told["rejected"] == len(found)
    for each in (rejects, either.folder / "report.csv"):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
        assert not [secret for secret in ("$2a$", "hunter2") if secret in each.read_text("utf-8-sig")]
    came = {line["row"]: line for line in lines_of(either.folder / "report.csv")}
    assert came["2"]["user_id"] == here(either)["ann@example.com"]["id"]
    assert {row: line["came"] for row, line in came.items()} == {
        line["row"]: line["came"] for line in lines_of(either.folder / "rehearsed.csv")
    }


def test_who_signed_up_here_is_not_overwritten_and_is_linked_only_where_both_sides_have_verified_the_address(either: Shell) -> None:
    member = either.has("ann_here")
    rows = [{**ANN, "email": member.email, "email_verified": "yes"}, {"id": "2", "username": "ann_here", "email": "two@example.com"}]
    file = str(a_csv(either.folder / "people.csv", rows))
    assert imported(either, file)["reasons"] == {"email_taken": 1, "handle_taken": 1}
    assert imported(either, file, "--taken-email", "link")["linked"] == 0, "the account here is not verified"
    either.done("user", "verify", "ann_here")
    before = here(either)[member.email]
    told = imported(either, file, "--taken-email", "link", "--taken-handle", "rename", "--report", "report.csv")
    assert (told["linked"], told["imported"], told["rejected"]) == (1, 1, 0)
    assert here(either)[member.email] == before, "linking changes nothing of the account"
    assert lines_of(either.folder / "report.csv")[0]["user_id"] == before["id"]
    assert here(either)["two@example.com"]["handle"].startswith("ann_here-")
    again = imported(either, file)
    assert (again["here"], again["imported"], again["rejected"]) == (2, 0, 0)


def test_rights_are_given_by_name_only_and_every_one_of_them_is_recorded(shell: Shell) -> None:
    rows = [{**ANN, "roles": "admin,editor"}, {"id": "2", "email": "bob@example.com", "roles": "master;superuser"}]
    file = str(a_csv(shell.folder / "people.csv", rows))
    assert "emperor" in shell.refused("import", "csv", file, "--role", "editor=emperor")
    assert not here(shell), "it is known before the first row"
    told = shell.told("import", "csv", file, "--role", "editor=content_admin", "--role", "editor=viewer")
    assert told["unmapped_roles"] == {"admin": 1, "master": 1, "superuser": 1}
    assert (roles_of(shell, "ann_2026"), roles_of(shell, "bob")) == (["content_admin", "user", "viewer"], ["user"])
    granted = shell.found("action:role.grant")
    assert sorted(each["details"]["role"] for each in granted) == ["content_admin", "viewer"]
    began, ended = shell.found("action:user.import_begin")[0], shell.found("action:user.import outcome:success")[0]
    assert (began["actor"], ended["actor"]) == ("system:shell", "system:shell")
    assert (ended["details"]["imported"], ended["details"]["rejected"]) == (2, 0)
    assert "ann@example.com" not in json.dumps([began, ended])


def test_no_letter_is_written_unless_it_is_asked_for(either: Shell) -> None:
    rows = [ANN, {"id": "2", "email": "bob@example.com", "language": "en"}, {"id": "3", "email": "shut@example.com", "is_active": "no"}]
    file = str(a_csv(either.folder / "people.csv", rows))
    told = imported(either, file)
    assert (told["imported"], told["without_password"]) == (3, 2)
    assert either.posted() == []
    more = a_csv(either.folder / "more.csv", [*rows, {"id": "4", "email": "dan@example.com"}])
    assert imported(either, str(more), "--letters")["imported"] == 1
    assert either.posted() == ["account_created"], "one to the newcomer, and none to who was here before"


def test_states_moments_and_addresses_come_along(shell: Shell) -> None:
    rows = [
        {**ANN, "created_at": "2020-01-02 12:00", "last_login": "1577934000", "email_verified": "예", "상태": "정상"},
        {"id": "2", "email": "shut@example.com", "상태": "정지", "정지기한": "2099-01-01", "created_at": "2019. 3. 4"},
        {"id": "3", "email": "served@example.com", "상태": "정지", "정지기한": "2020-01-01", "created_at": "2999-01-01"},
    ]
    file = str(a_csv(shell.folder / "people.csv", rows, encoding="utf-8-sig"))
    told = imported(shell, file, "--map", "active=상태", "--map", "until=정지기한", "--timezone", "Asia/Seoul")
    assert (told["imported"], told["suspended"]) == (3, 1)
    ann, shut, served = (shell.told("user", "show", each["email"]) for each in rows)
    assert [ann[each][:19] for each in ("created_at", "last_login_at")] == ["2020-01-02T03:00:00"] * 2
    assert ann["is_verified"]
    assert (shut["status"], shut["record"]["status_until"][:10], shut["is_verified"]) == ("BANNED", "2098-12-31", False)
    assert (served["status"], served["created_at"][:2]) == ("NORMAL", "20"), "who joins in a thousand years joins today"
    assert [each["email"] for each in shell.told("user", "list")["users"]][-2:] == ["ann@example.com", "shut@example.com"]
    shell.done("housekeeping")
    assert shell.told("user", "show", "ann_2026")["status"] == "NORMAL", "nobody falls asleep for the years they spent elsewhere"
    assert shell.posted() == []


def test_whoever_was_erased_here_does_not_come_back_with_an_old_export(shell: Shell) -> None:
    file = str(a_csv(shell.folder / "people.csv", [{"id": "1", "email": "ann@example.com"}]))
    assert imported(shell, file)["imported"] == 1
    shell.done("user", "delete", "ann@example.com", "--reason", "요청", "--yes")
    shell.done("user", "erase", "ann@example.com", "--yes")
    assert imported(shell, file)["reasons"] == {"import_erased": 1}
    assert not here(shell)


def test_people_without_a_handle_get_the_same_one_whenever_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"email": each}
        for each in ("kim@a.example.com", "kim@b.example.com", "k@c.example.com", "kim+x@d.example.com", "kim@e.example.com")
    ]
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        shell = a_shell(folder, f"sqlite:///{folder / 'data' / 'daemun.db'}", monkeypatch)
        imported(shell, str(a_csv(folder / "people.csv", rows)))
        found.append({email: row["handle"] for email, row in here(shell).items()})
    assert found[0] == found[1]
    assert found[0]["kim@a.example.com"] == "kim"
    assert found[0]["k@c.example.com"] == "member"
    assert len(set(found[0].values())) == len(rows)


def test_what_cannot_be_read_can_be_left_behind_and_its_owner_sets_a_new_password(shell: Shell) -> None:
    file = str(a_csv(shell.folder / "people.csv", [{**ANN, "password_hash": "0cc175b9c0f1b6a831c399e269772661"}]))
    told = imported(shell, file, "--unknown-hash", "drop", "--trust-emails")
    assert (told["imported"], told["without_password"]) == (1, 1)
    assert logs_in(shell, "ann_2026", password="a") == [401]
    assert shell.told("user", "show", "ann_2026")["is_verified"]
    shell.done("user", "recovery", "ann_2026")
    assert shell.posted() == ["recovery_started_by_admin"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("xml", "people.csv"), 2, "keycloak"),
        (("csv", "people.csv", "--map", "shoe=size"), 2, "shoe"),
        (("csv", "people.csv", "--map", "email"), 2, "이름=이름"),
        (("csv", "people.csv", "--role", "=x"), 2, "이름=이름"),
        (("csv", "people.csv", "--timezone", "Moon/Sea"), 2, "Asia/Seoul"),
        (("csv", "people.csv", "--origin", "a b"), 2, "a b"),
        (("csv", "nowhere.csv"), 1, "nowhere.csv"),
        (("csv", "people.csv", "--map", "email=mailbox"), 1, "mailbox"),
        (("csv", "people.csv", "--encoding", "klingon"), 1, "klingon"),
        (("keycloak", "people.csv"), 1, "JSON"),
        (("supabase", "people.csv"), 1, "encrypted_password"),
        (("supabase", "people.sql"), 1, "auth.users"),
        (("django", "people.csv"), 1, "URL"),
        (("django", "sqlite:///nowhere.db"), 1, "nowhere.db"),
        (("django", "postgresql://u:hidden@127.0.0.1:1/x"), 1, "거절"),
        (("django", "oracle://u:hidden@127.0.0.1:1/x"), 1, "드라이버"),
    ],
)
def test_a_source_that_cannot_be_read_is_told_and_nothing_is_done(words: tuple[str, ...], code: int, told: str, shell: Shell) -> None:
    a_csv(shell.folder / "people.csv", [ANN])
    (shell.folder / "people.sql").write_text("SELECT 1;\n")
    sentence = shell.refused("import", *words, code=code)
    assert told in sentence
    assert "hidden" not in sentence
    assert not here(shell)


def test_a_person_is_told_where_they_came_from(shell: Shell) -> None:
    imported(shell, str(a_csv(shell.folder / "people.csv", [ANN])), "--origin", "old-shop")

    async def told() -> Any:
        async with a_house(shell.database_url, shell.folder) as house:
            desk, visit = built(house.app).desk, built(house.app).visit("test")
            return await visit.read(desk.parts["people"], here(shell)["ann@example.com"]["id"])

    assert [each["origin"] for each in asyncio.run(told())["imported"]] == ["old-shop"]
