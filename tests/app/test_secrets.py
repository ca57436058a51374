"""The secrets of an installation: made once, kept, and never guessable."""

from __future__ import annotations

import base64
import os
import string
import subprocess
import sys
from pathlib import Path
from secrets import token_bytes, token_hex, token_urlsafe

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.app.guessable import EXAMPLES, weakness
from daemun.app.secrets import Secrets, derive, load_or_create
from daemun.app.settings import Settings, SettingsError
from daemun.core.secret import Secret

NAMES = ("encryption_key", "pepper")


def opened(folder: Path, **environ: str) -> Secrets:
    return load_or_create(settings(folder, **environ))


def settings(folder: Path, **environ: str) -> Settings:
    return Settings.load(environ={f"DAEMUN_{name}": text for name, text in environ.items()}, cwd=folder)


def prod(**more: str) -> dict[str, str]:
    return {"PROFILE": "prod", "PUBLIC_URL": "https://gate.example.com"} | more


def refused(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as error:
        opened(folder, **environ)
    return error.value.said("en")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def same(one: Secrets, other: Secrets) -> bool:
    return (one.encryption_key, one.pepper) == (other.encryption_key, other.pepper)


def vault(folder: Path) -> Path:
    return folder / "daemun-data" / "secrets"


@pytest.mark.parametrize("environ", [{}, {"PROFILE": "staging", "PUBLIC_URL": "http://staging.lan"}], ids=["dev", "staging"])
def test_the_first_start_makes_secrets_that_only_the_server_can_read(tmp_path: Path, environ: dict[str, str]) -> None:
    first = opened(tmp_path, **environ)
    assert len(first.encryption_key) == len(first.pepper) == 32
    assert first.encryption_key != first.pepper
    assert mode(vault(tmp_path)) == mode(tmp_path / "daemun-data") == 0o700
    assert {each.name: mode(each) for each in vault(tmp_path).iterdir()} == {"encryption_key": 0o600, "pepper": 0o600, "secrets.id": 0o600}
    assert same(first, opened(tmp_path, **environ))


def test_a_loose_umask_makes_no_loose_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened(tmp_path)
    finally:
        os.umask(before)
    assert {mode(each) for each in vault(tmp_path).iterdir()} == {0o600}


def test_every_installation_has_its_own(tmp_path: Path) -> None:
    """Clause 23."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert not same(opened(tmp_path / "a"), opened(tmp_path / "b"))


@pytest.mark.processes
def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from daemun.app.settings import Settings; from daemun.app.secrets import load_or_create;"
        "print('ready', flush=True); sys.stdin.read(); found = load_or_create(Settings.load(environ={}, cwd=pathlib.Path.cwd()));"
        "print(found.encryption_key.hex(), found.pepper.hex())"
    )
    command = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.close()
        each.stdin = None
    answers = [each.communicate(timeout=120) for each in started]
    assert not [complaint for _, complaint in answers if complaint]
    assert len({answer for answer, _ in answers}) == 1
    assert sorted(each.name for each in vault(tmp_path).iterdir()) == ["encryption_key", "pepper", "secrets.id"]


def test_a_start_that_died_half_way_is_finished_by_the_next(tmp_path: Path) -> None:
    vault(tmp_path).mkdir(parents=True, mode=0o700)
    (vault(tmp_path) / "encryption_key").write_text(token_urlsafe(32))
    (vault(tmp_path) / "encryption_key").chmod(0o600)
    (vault(tmp_path) / ".pepper.0123").write_text("half")
    assert same(opened(tmp_path), opened(tmp_path))


def test_prod_takes_what_it_is_given_and_makes_no_secret(tmp_path: Path) -> None:
    key, pepper = token_urlsafe(32), token_hex(32)
    found = opened(tmp_path, **prod(ENCRYPTION_KEY=key, PEPPER=pepper))
    assert not vault(tmp_path).exists()
    files = tmp_path / "files"
    files.mkdir()
    for name, text in (("key", key), ("pepper", pepper)):
        (files / name).write_text(text + "\n")
        (files / name).chmod(0o400)
    assert same(found, opened(tmp_path, **prod(ENCRYPTION_KEY_FILE=str(files / "key"), PEPPER_FILE=str(files / "pepper"))))


def test_prod_without_secrets_stops_and_says_what_to_do(tmp_path: Path) -> None:
    said = refused(tmp_path, **prod())
    for each in ("DAEMUN_ENCRYPTION_KEY must be given", "DAEMUN_PEPPER must be given", "secrets.token_urlsafe(32)", "DAEMUN_SECRETS_DIR"):
        assert each in said
    assert not (tmp_path / "daemun-data").exists()


def test_prod_makes_them_in_the_folder_that_is_named(tmp_path: Path) -> None:
    found = opened(tmp_path, **prod(SECRETS_DIR=str(tmp_path / "vault")))
    assert mode(tmp_path / "vault") == 0o700
    assert mode(tmp_path / "vault" / "pepper") == 0o600
    assert same(found, opened(tmp_path, **prod(SECRETS_DIR=str(tmp_path / "vault"))))


def test_a_secret_moved_from_its_file_to_the_environment_is_the_same_secret(tmp_path: Path) -> None:
    found = opened(tmp_path)
    given = {name.upper(): (vault(tmp_path) / name).read_text() for name in NAMES}
    assert same(found, opened(tmp_path, **given))


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_secret_stops_the_start_and_is_not_made_again(tmp_path: Path, name: str) -> None:
    opened(tmp_path)
    (vault(tmp_path) / name).unlink()
    said = refused(tmp_path)
    assert f"{vault(tmp_path) / name}: the secret that protects this data is gone" in said
    assert "backup" in said
    assert not (vault(tmp_path) / name).exists()


def test_a_whole_lost_folder_is_noticed_by_what_the_data_folder_remembers(tmp_path: Path) -> None:
    opened(tmp_path)
    for each in list(vault(tmp_path).iterdir()):
        each.unlink()
    vault(tmp_path).rmdir()
    assert refused(tmp_path).count("is gone") == 2


def test_a_lost_data_folder_is_noticed_by_what_the_secrets_folder_remembers(tmp_path: Path) -> None:
    named = tmp_path / "vault"
    opened(tmp_path, SECRETS_DIR=str(named), DATA="one")
    (named / "pepper").unlink()
    assert "pepper: the secret that protects this data is gone" in refused(tmp_path, SECRETS_DIR=str(named), DATA="two")


def test_a_database_without_secrets_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "daemun-data").mkdir()
    (tmp_path / "daemun-data" / "daemun.db").write_bytes(b"x")
    assert refused(tmp_path).count("is gone") == 2


@pytest.mark.parametrize("name", NAMES)
def test_another_secret_than_the_one_the_data_was_written_with_stops_the_start(tmp_path: Path, name: str) -> None:
    opened(tmp_path)
    former = (vault(tmp_path) / name).read_text()
    (vault(tmp_path) / name).write_text(token_urlsafe(32))
    said = refused(tmp_path)
    assert f"{name} is not the secret that protects this data" in said
    assert "is not the secret" in refused(tmp_path, **{name.upper(): token_urlsafe(32)})
    (vault(tmp_path) / name).write_text(former)
    opened(tmp_path)


def test_what_is_remembered_of_a_secret_gives_nothing_away(tmp_path: Path) -> None:
    found = opened(tmp_path)
    remembered = (tmp_path / "daemun-data" / "secrets.id").read_text()
    for name in NAMES:
        assert (vault(tmp_path) / name).read_text() not in remembered
        assert getattr(found, name).hex() not in remembered
    assert found.encryption_key.hex() not in repr(found)
    assert repr(found.encryption_key) not in repr(found)


def test_a_secret_that_others_can_read_stops_prod_and_warns_in_dev(tmp_path: Path) -> None:
    named = tmp_path / "vault"
    opened(tmp_path, SECRETS_DIR=str(named))
    (named / "pepper").chmod(0o644)
    dev = settings(tmp_path, SECRETS_DIR=str(named))
    load_or_create(dev)
    assert [each.en for each in dev.warnings() if f"chmod go= {named / 'pepper'}" in each.en]
    assert f"chmod go= {named / 'pepper'}" in refused(tmp_path, **prod(SECRETS_DIR=str(named)))


def test_a_folder_that_others_can_write_to_stops_prod(tmp_path: Path) -> None:
    named = tmp_path / "vault"
    opened(tmp_path, SECRETS_DIR=str(named))
    named.chmod(0o777)
    assert f"chmod go= {named}" in refused(tmp_path, **prod(SECRETS_DIR=str(named)))


STAGING = {"PROFILE": "staging", "PUBLIC_URL": "http://staging.lan"}


@pytest.mark.parametrize("environ", [prod(), STAGING], ids=["prod", "staging"])
@pytest.mark.parametrize("loose", [0o777, 0o770, 0o702, 0o720])
def test_a_data_folder_that_others_can_write_to_stops_the_start(tmp_path: Path, environ: dict[str, str], loose: int) -> None:
    """They could put a database of theirs in its place."""
    data = tmp_path / "daemun-data"
    data.mkdir()
    data.chmod(loose)
    environ = environ | {"ENCRYPTION_KEY": token_urlsafe(32), "PEPPER": token_urlsafe(32)}
    assert f"chmod go-w {data}" in refused(tmp_path, **environ)
    assert not list(data.iterdir())
    data.chmod(0o755)
    opened(tmp_path, **environ)


def test_a_data_folder_that_others_can_write_to_is_warned_of_in_dev(tmp_path: Path) -> None:
    opened(tmp_path)
    (tmp_path / "daemun-data").chmod(0o777)
    dev = settings(tmp_path)
    load_or_create(dev)
    assert [each.en for each in dev.warnings() if f"chmod go-w {tmp_path / 'daemun-data'}" in each.en]


def test_a_guessable_file_stops_the_start_in_every_profile(tmp_path: Path) -> None:
    vault(tmp_path).mkdir(parents=True, mode=0o700)
    for name in NAMES:
        (vault(tmp_path) / name).write_text("my-secret-key")
        (vault(tmp_path) / name).chmod(0o600)
    said = refused(tmp_path)
    assert said.count("is an example that everybody has read") == 2
    assert "must differ" in said
    assert "my-secret-key" not in said


def test_one_secret_for_two_uses_is_refused(tmp_path: Path) -> None:
    key = token_urlsafe(32)
    assert "DAEMUN_ENCRYPTION_KEY and DAEMUN_PEPPER must differ" in refused(tmp_path, ENCRYPTION_KEY=key, PEPPER=key)


def test_nothing_is_made_while_a_setting_is_wrong(tmp_path: Path) -> None:
    assert "DAEMUN_PORT" in refused(tmp_path, PORT="eighty")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "daemun-data").write_text("a file, not a folder")
    assert f"{tmp_path}/daemun-data" in refused(tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("your-super-secret-key-change-this-in-production-min-32-chars", "example"),
        ("your-super-secret-key-here", "example"),
        ("change-this-to-a-secure-random-value", "example"),
        ("my-secret-key", "example"),
        ("change-this-now-" + "x1Y2" * 12, "words"),
        ("P@ssw0rd" * 8, "words"),
        ("correct horse battery staple orange window river paper", "words"),
        ("correcthorsebatterystapleorangewindowriverpaper", "words"),
        ("thisIsMyVerySuperSecretKeyForProductionUseOnly42", "words"),
        ("qwertyuiop1!" * 5, "words"),
        ("KoreaSeoulGangnam2026Company1234KoreaSeoul5678", "words"),
        ("K0r3aSe0ulG4ngnam2026C0mpany1234Kor3aSe0ul5678!", "words"),
        ("CorrectHorseBatteryStapleCorrectHorseBatteryStaple", "words"),
        ("HongGilDong19850312SeoulGangnamguYeoksamdong123", "words"),
        ("Samsung-Electronics-2026-Suwon-Gyeonggi-do-0312x", "words"),
        ("ManchesterUnitedIsTheBestTeamSince1878AndEver99", "words"),
        ("Qwer1234Asdf5678Zxcv9012Tyui3456Ghjk7890Bnm1!@#", "words"),
        ("아무도모르는우리회사비밀열쇠입니다2026" * 2, "words"),
        ("a" * 64, "repeats"),
        ("7" * 80, "repeats"),
        ("abC1" * 16, "repeats"),
        ("abABab12" * 8, "repeats"),
        ("deadbeef" * 8, "repeats"),
        ("0123abcd4567ef89" * 4, "repeats"),
        (string.ascii_uppercase + string.ascii_lowercase, "repeats"),
        ("", "short"),
        ("9a15f96f58df2e2b4fffb6b7d4412fb8", "short"),
        ("prq51eXPZ6wqLX9mD4ik11sL-3k9vR0k", "short"),
        ("31415926535897932384626433832795", "short"),
    ],
)
def test_a_guessable_secret_is_told_by_its_kind(text: str, why: str) -> None:
    assert weakness(Secret(text)) == why


@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_no_example_of_the_documents_is_taken_as_a_key(example: str) -> None:
    """Clause 71."""
    assert weakness(Secret(example)) == "example"
    assert weakness(Secret(f"  {example.upper()} ")) == "example"


@given(st.binary(min_size=0, max_size=0).map(lambda _: token_bytes(32)))
def test_what_a_generator_gives_is_taken(key: bytes) -> None:
    """One key in 100,000 holds a word by chance, or looks written by people; this asks for far fewer."""
    for text in (
        key.hex(),
        base64.b64encode(key).decode(),
        base64.urlsafe_b64encode(key).decode().rstrip("="),
        base64.b32encode(key).decode(),
    ):
        assert weakness(Secret(text)) is None


def test_derived_keys_are_apart_and_stay_the_same() -> None:
    key = bytes(range(32))
    assert derive(key, "cookies") == derive(key, "cookies")
    assert len({derive(key, "cookies"), derive(key, "links"), derive(bytes(32), "cookies"), key}) == 4
    assert len(derive(key, "cookies")) == 32
    assert derive(key, "cookies").hex() == "b42c8b2f94d7d6a37111908e9c2e504d8c24cfeb12f80aa1f936bdf99e4b6857"
