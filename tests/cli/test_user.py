"""Looking after people from the server's own command line."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.typed import Shell
from tests.house import Member, a_house
from tests.server.test_serving import daemun

from daemun.cli.table import table, width


@pytest.fixture
def shell(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, sqlite_url)


def logs_in(shell: Shell, member: Member, *, times: int = 1, agent: str = "test/1", password: str | None = None) -> None:
    async def story() -> None:
        async with a_house(shell.database_url, shell.folder) as house:
            for _ in range(times):
                await house.client(agent=agent).log_in(member, password=password)

    asyncio.run(story())


def test_an_account_goes_through_everything_that_may_become_of_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, database_url)
    shell.has("gate.keeper", "master")
    shell.has("ann_2026")
    assert shell.told("user", "ban", "ann_2026", "--reason", "광고", "--until", "7d")["status"] == "BANNED"
    shown = shell.told("user", "show", "ann_2026@example.com")
    until = datetime.fromisoformat(shown["record"]["status_until"])
    assert abs(until - datetime.now(UTC) - timedelta(days=7)) < timedelta(hours=1)
    assert (shown["record"]["status_reason"], shown["record"]["status_by"]) == ("광고", "system:shell")
    assert shell.told("user", "lift", shown["id"])["status"] == "NORMAL"
    assert shell.told("user", "delete", "ann_2026", "--reason", "요청", "--yes")["status"] == "DELETED"
    assert shell.told("user", "restore", "ann_2026")["status"] == "NORMAL"
    shell.done("user", "delete", "ann_2026", "--reason", "요청", "--yes")
    shell.done("user", "hold", "ann_2026", "--reason", "영장 7")
    assert "법적 보존" in shell.refused("user", "erase", "ann_2026", "--yes")
    shell.done("user", "release", "ann_2026", "--reason", "종결")
    assert shell.told("user", "erase", "ann_2026", "--yes")["status"] is None
    assert shell.refused("user", "show", "ann_2026").strip() == "그런 회원이 없습니다."
    moves = ("account.suspend", "account.lift", "account.delete", "account.restore", "account.hold", "account.release", "account.erase")
    said = json.dumps(shell.recorded())
    assert all(f"{each}" in said for each in moves)
    assert "system:shell" in said or '"shell"' in said
    assert shell.posted() == ["account_erased"], "of the letters of somebody who is gone only the last one is left"


def test_a_command_is_a_process_that_answers_with_json_and_a_code(tmp_path: Path) -> None:
    daemun(tmp_path, "migrate", "up")
    answer = daemun(tmp_path, "user", "list", "--json")
    assert (answer.returncode, json.loads(answer.stdout)) == (0, {"users": [], "next": None})
    assert daemun(tmp_path, "user", "show", "nobody_here", LC_ALL="en_US.UTF-8").stderr.strip() == "There is no such user."


def test_erasing_asks_for_the_handle_and_nothing_else_will_do(shell: Shell) -> None:
    shell.has("ann_2026")
    assert shell.refused("user", "erase", "ann_2026", "--yes"), "who has not left is not erased"
    shell.done("user", "delete", "ann_2026", "--reason", "요청", "--yes")
    for answer in ("y\n", "ann\n", ""):
        shell.refused("user", "erase", "ann_2026", answer=answer)
    assert shell.told("user", "show", "ann_2026")["status"] == "DELETED"
    assert "지웠습니다" in shell.done("user", "erase", "ann_2026", answer="ann_2026\n")


def test_deleting_asks_first(shell: Shell) -> None:
    shell.has("ann_2026")
    for answer in ("n\n", "\n", ""):
        shell.refused("user", "delete", "ann_2026", "--reason", "요청", answer=answer)
    assert shell.told("user", "show", "ann_2026")["status"] == "NORMAL"
    assert "탈퇴시켰습니다" in shell.done("user", "delete", "ann_2026", "--reason", "요청", answer="y\n")


def test_the_last_master_is_not_taken_away_by_a_slip(shell: Shell) -> None:
    shell.has("gate.keeper", "master")
    for words in (("ban", "gate.keeper", "--reason", "x"), ("delete", "gate.keeper", "--reason", "x", "--yes")):
        assert "꼭 필요한 계정" in shell.refused("user", *words)
    shell.refused("user", "roles", "gate.keeper", "--remove", "master")
    assert "master" in shell.told("user", "roles", "gate.keeper")["roles"]


def test_roles_are_changed_whole_or_not_at_all(shell: Shell) -> None:
    shell.has("ann_2026")
    changed = shell.told("user", "roles", "ann_2026", "--add", "user_admin", "--add", "support_admin", "--remove", "user")
    assert changed["roles"] == ["support_admin", "user_admin"]
    assert "emperor" in shell.refused("user", "roles", "ann_2026", "--remove", "user_admin", "--add", "emperor")
    assert shell.told("user", "roles", "ann_2026")["roles"] == ["support_admin", "user_admin"]


def test_invitations_and_recoveries_go_to_the_mailbox_and_show_no_link(shell: Shell) -> None:
    shell.has("ann_2026")
    invited = shell.done("user", "invite", "new@example.com", "--role", "support_admin", "--name", "새 사람")
    recovered = shell.done("user", "recovery", "ann_2026", "--json")
    assert shell.posted()[:2] == ["recovery_started_by_admin", "invitation"]
    assert not [each for each in (invited, recovered) if "?t=" in each or "http" in each]
    assert "이메일" in shell.refused("user", "invite", "nowhere")
    assert "이미 등록된" in shell.refused("user", "invite", "ann_2026@example.com")
    assert "emperor" in shell.refused("user", "invite", "other@example.com", "--role", "emperor")


def test_a_mailbox_is_vouched_for_and_that_is_recorded(shell: Shell) -> None:
    shell.has("ann_2026")
    assert not shell.told("user", "show", "ann_2026")["is_verified"]
    shell.done("user", "verify", "ann_2026")
    assert shell.told("user", "show", "ann_2026")["is_verified"]
    assert "account.email_verify" in json.dumps(shell.recorded())


def test_a_locked_account_is_opened_by_both_of_its_commands(shell: Shell) -> None:
    shell.has("ann_2026")
    for words in (("user", "unlock", "ann_2026"), ("admin", "unlock", "ann_2026")):
        assert "열렸습니다" in shell.done(*words)
    assert json.dumps(shell.recorded()).count("account.unlock") == 2


def test_sessions_are_shown_and_ended(shell: Shell) -> None:
    ann, bob = shell.has("ann_2026"), shell.has("bob_2026")
    logs_in(shell, ann, times=3)
    logs_in(shell, bob)
    first = shell.told("user", "sessions", "ann_2026")["sessions"][0]["id"]
    assert first in shell.done("user", "sessions", "ann_2026")
    shell.refused("user", "sessions", "bob_2026", "--end", first)
    assert len(shell.told("user", "sessions", "ann_2026", "--end", first)["sessions"]) == 2
    assert shell.told("user", "sessions", "ann_2026", "--end-all") == {"ended": 2, "sessions": []}
    assert len(shell.told("user", "sessions", "bob_2026")["sessions"]) == 1


def test_people_are_found_page_by_page(shell: Shell) -> None:
    shell.has("gate.keeper", "master", name="문지기")
    for number in range(3):
        shell.has(f"ann_{number}00")
    shell.done("user", "ban", "ann_100", "--reason", "x")
    assert [each["handle"] for each in shell.told("user", "list", "--q", "ann_")["users"]] == ["ann_000", "ann_100", "ann_200"]
    assert [each["handle"] for each in shell.told("user", "list", "--status", "BANNED")["users"]] == ["ann_100"]
    assert [each["handle"] for each in shell.told("user", "list", "--role", "master")["users"]] == ["gate.keeper"]
    first = shell.told("user", "list", "--limit", "3")
    second = shell.told("user", "list", "--limit", "3", "--after", first["next"])
    assert (len(first["users"]), len(second["users"]), second["next"]) == (3, 1, None)
    assert f"--after {first['next']}" in shell.done("user", "list", "--limit", "3")
    assert "이어 보기" in shell.refused("user", "list", "--after", "nonsense")


def test_logins_are_told_with_what_came_of_them(shell: Shell) -> None:
    ann = shell.has("ann_2026")
    logs_in(shell, ann, agent="Firefox/1")
    logs_in(shell, ann, password="Wrong-One-11!")
    logins = shell.told("user", "history", "ann_2026")["logins"]
    assert sorted(each["reason"] or "ok" for each in logins) == ["ok", "wrong"]
    page = shell.told("user", "history", "ann_2026", "--limit", "1")
    assert len(shell.told("user", "history", "ann_2026", "--after", page["next"])["logins"]) == 1
    shown = shell.done("user", "show", "ann_2026")
    assert "Firefox/1" in shown
    assert "ann_2026@example.com" in shown


@pytest.mark.parametrize(
    "words",
    [
        ("ban", "ann_2026"),
        ("ban", "ann_2026", "--reason", "x", "--until", "soon"),
        ("ban", "ann_2026", "--reason", "x", "--until", "2020-01-01"),
        ("sessions", "ann_2026", "--end", "X", "--end-all"),
        ("list", "--status", "HAPPY"),
        ("list", "--limit", "0"),
    ],
)
def test_a_wrong_use_is_told_apart_from_a_refusal(words: tuple[str, ...], shell: Shell) -> None:
    shell.done("migrate", "up")
    shell.refused("user", *words, code=2)


def test_a_wrong_setting_is_told_apart_from_both(shell: Shell) -> None:
    shell.has("ann_2026")
    assert shell.type("user", "list", DAEMUN_PORT="many").exit_code == 3


@pytest.mark.parametrize("words", [("user", "list"), ("user", "show", "x"), ("user", "erase", "x", "--yes"), ("letters", "list")])
def test_an_empty_folder_is_not_made_a_house(words: tuple[str, ...], shell: Shell) -> None:
    assert "데이터가 없습니다" in shell.refused(*words)
    assert not (shell.folder / "data").exists()


def test_what_became_of_letters_is_told_without_their_words(shell: Shell) -> None:
    shell.has("ann_2026")
    shell.done("user", "recovery", "ann_2026")
    kept = shell.told("letters", "list", "--state", "kept")["letters"]
    assert [each["kind"] for each in kept] == ["recovery_started_by_admin"]
    assert set(kept[0]) == {"id", "kind", "user_id", "state", "tries", "created_at", "done_at", "error"}
    assert shell.told("letters", "list", "--state", "failed")["letters"] == []
    shell.refused("letters", "retry", kept[0]["id"])
    shell.refused("letters", "retry", "01KA0000000000000000000000")


def test_columns_stand_below_each_other_in_korean_too() -> None:
    lines = table(("아이디", "이름"), [("ann_2026", "안은주"), ("문지기", "gate")]).splitlines()
    assert {width(line[: line.index(last)]) for line, last in zip(lines, ("이름", "안은주", "gate"), strict=True)} == {10}


def test_what_people_wrote_of_themselves_does_not_write_to_the_terminal() -> None:
    assert "\x1b" not in table(("agent",), [("\x1b[2J\x1b]0;owned\x07",)])
    assert len(table(("name",), [("two\nlines",)]).splitlines()) == 2


def test_somebody_is_given_a_key_from_the_server(shell: Shell) -> None:
    shell.has("ann_2026")
    assert "API 키가 없습니다" in shell.done("user", "keys", "ann_2026")
    made = shell.told("user", "keys", "ann_2026", "--create", "밤 배치", "--scope", "stocks.read", "--days", "7")
    assert made["key"].startswith("daemun_")
    assert (made["scopes"], made["state"]) == (["stocks.read"], "live")
    shown = shell.done("user", "keys", "ann_2026")
    assert "밤 배치" in shown
    assert made["key"] not in shown
    assert "자신에게 없는 권한" in shell.refused("user", "keys", "ann_2026", "--create", "x", "--scope", "users.manage")
    assert shell.told("user", "keys", "ann_2026", "--revoke", made["id"])["api_keys"][0]["state"] == "ended"
    assert shell.refused("user", "keys", "ann_2026", "--revoke", made["id"])
    assert shell.posted() == ["api_key_revoked_by_admin", "api_key_created"]
