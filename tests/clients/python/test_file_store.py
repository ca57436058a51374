"""Command lines share a login by a file: private, whole, and renewed once."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.clients.python.between import family_of, pair_in, somebody, told_in_the_log
from tests.server.running import Server, environment

from daemun_client import Client, FileStore, Secret, StoreUnusable, Tokens

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def a_pair(server: str = "https://auth.example.com") -> Tokens:
    return Tokens(server, Secret("an-access-token"), Secret("a-refresh-token"), NOW, NOW + timedelta(minutes=1))


def a_process(server: Server, path: Path, *, ahead: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.clients.python.file_worker", server.url, str(path), str(ahead)]
    more = {"PYTHONPATH": f"{ROOT}:{ROOT / 'clients' / 'python' / 'src'}:{ROOT / 'src'}"}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment() | more, cwd=ROOT)


@pytest.mark.processes
def test_several_processes_on_one_file_renew_once(server: Server, tmp_path: Path) -> None:
    member, path = somebody(server), tmp_path / "tokens.json"
    with Client(server.url, store=FileStore(path)) as client:
        client.log_in(member.handle, member.password)
    before = pair_in(FileStore(path))
    processes = [a_process(server, path, ahead=1200) for _ in range(4)]
    try:
        for each in processes:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        told = [json.loads(each.communicate("go\n", timeout=240)[0]) for each in processes]
    finally:
        for each in processes:
            each.kill()
            each.wait()
    assert {name for each in told for name in each["handles"]} == {member.handle}
    assert sum(each["refreshes"] for each in told) == 1
    assert told_in_the_log(server, "auth.refresh", family_of(before)) == 1
    assert family_of(pair_in(FileStore(path))) == family_of(before)


@pytest.mark.processes
def test_a_process_goes_on_with_what_another_has_renewed_or_ended(server: Server, tmp_path: Path) -> None:
    member, path = somebody(server), tmp_path / "tokens.json"
    later = datetime.now(UTC) + timedelta(minutes=20)
    with Client(server.url, store=FileStore(path)) as here, Client(server.url, store=FileStore(path), clock=lambda: later) as there:
        here.log_in(member.handle, member.password)
        assert there.me().handle == member.handle
        assert here.me().handle == member.handle
        here.log_out()
        assert not path.exists()
        with pytest.raises(Exception, match="session_ended"):
            there.me()
        assert not there.is_logged_in


def test_a_pair_comes_back_as_it_was_kept_and_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "folder" / "tokens.json")
    assert store.load() is None
    store.save(a_pair())
    store.save(a_pair())
    kept = pair_in(store)
    assert kept.same(a_pair())
    assert (kept.server, kept.renew_at, kept.expires_at) == ("https://auth.example.com", NOW, NOW + timedelta(minutes=1))
    assert stat.S_IMODE((tmp_path / "folder" / "tokens.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o700
    store.clear()
    store.clear()
    assert store.load() is None


def test_only_one_at_a_time_may_change_it(tmp_path: Path) -> None:
    one, two = FileStore(tmp_path / "tokens.json"), FileStore(tmp_path / "tokens.json")
    assert one.reserve()
    assert not one.reserve()
    assert not two.reserve()
    one.release()
    assert two.reserve()
    two.release()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_open_is_not_believed(tmp_path: Path, mode: int) -> None:
    store = FileStore(tmp_path / "tokens.json")
    store.save(a_pair())
    (tmp_path / "tokens.json").chmod(mode)
    with pytest.raises(StoreUnusable, match="chmod 600"):
        store.load()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("{}")
    (tmp_path / "tokens.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnusable):
        FileStore(tmp_path / "tokens.json").load()
    (tmp_path / "tokens.json.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnusable):
        FileStore(tmp_path / "tokens.json").reserve()


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"server":1}', "\udcff"])
def test_a_file_without_tokens_in_it_is_told_and_not_taken_for_logged_out(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    file.chmod(0o600)
    with pytest.raises(StoreUnusable, match="log in again"):
        FileStore(file).load()


def test_tokens_of_one_server_are_shown_to_no_other(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "tokens.json")
    store.save(a_pair("https://one.example.com"))
    with Client("https://two.example.com", store=store) as client:
        assert not client.is_logged_in
        client.log_out()
    assert store.load() is not None


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnusable):
        FileStore(tmp_path / "file" / "tokens.json").save(a_pair())
