"""Settings: where they come from, what stops the start, and what is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Literal

import pytest

from daemun.app.core_settings import CoreSettings, differences
from daemun.app.env_example import env_example
from daemun.app.profiles import PROFILES
from daemun.app.section import Entry
from daemun.app.settings import Settings, SettingsError
from daemun.cli.settings import ask_all, show
from daemun.core.secret import Secret
from daemun.core.setting import Also, Profile, setting


@dataclass(frozen=True, slots=True)
class Door:
    idle: timedelta = setting(
        timedelta(hours=1), ko="쉬는 시간", en="idle", also=(Also("DAEMUN_IDLE_TIME"), Also("SESSION_IDLE_MINUTES", "minutes"))
    )
    attempts: int = setting(5, ko="시도", en="attempts", also=(Also("MAX_LOGIN_ATTEMPTS"),))
    shared_secret: Secret | None = setting(ko="열쇠", en="key", also=(Also("JWT_SECRET_KEY"),))
    mail_password: Secret | None = setting(ko="메일 암호", en="mail password", also=(Also("SMTP_PASSWORD"),))
    colours: tuple[str, ...] = setting(("red",), ko="색", en="colours", profiles={"prod": ("grey",)})

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:
        if self.attempts < 1 and profile != "dev":
            yield "attempts는 1 이상", "door.attempts is at least 1"


def loaded(
    folder: Path, environ: Mapping[str, str] | None = None, *, env: str = "", toml: str = "", flags: Mapping[str, str] | None = None
) -> Settings:
    """Settings read in a folder with these files."""
    for name, text in ((".env", env), ("daemun.toml", toml)):
        if text:
            (folder / name).write_text(text, "utf-8")
            (folder / name).chmod(0o600)
    return Settings.load(flags=flags, environ=environ or {}, cwd=folder)


def refused(settings: Settings) -> str:
    with pytest.raises(SettingsError) as error:
        settings.check()
    assert all(each.ko and each.en for each in error.value.sentences)
    return error.value.said("en")


def entry(settings: Settings, name: str) -> Entry:
    return next(each for each in settings.effective() if each.name == name)


def prod(**more: str) -> dict[str, str]:
    """What a production start needs, and more."""
    given = {"PROFILE": "prod", "PUBLIC_URL": "https://gate.example.com", "ENCRYPTION_KEY": token_urlsafe(32), "PEPPER": token_urlsafe(32)}
    return {f"DAEMUN_{name}": text for name, text in (given | more).items()}


def test_it_starts_with_no_setting_at_all(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    settings.check()
    assert (settings.core.profile, settings.core.host, settings.core.port) == ("dev", "127.0.0.1", 8000)
    assert settings.core.data == tmp_path / "daemun-data"
    assert settings.core.database.reveal() == f"sqlite:///{tmp_path}/daemun-data/daemun.db"
    assert settings.secrets_dir == tmp_path / "daemun-data" / "secrets"
    assert settings.core.base_url == "http://localhost:8000"
    assert entry(settings, "port").source == "default"


def test_flags_win_over_the_environment_over_dotenv_over_toml(tmp_path: Path) -> None:
    files = {"env": "DAEMUN_PORT=3\nDAEMUN_WORKERS=3\nDAEMUN_POOL_SIZE=3\n", "toml": "port=4\nworkers=4\npool_size=4\nhost='h4'\n"}
    settings = loaded(tmp_path, {"DAEMUN_PORT": "2", "DAEMUN_WORKERS": "2"}, flags={"port": "1"}, **files)
    settings.check()
    found = {name: (entry(settings, name).value, entry(settings, name).source) for name in ("port", "workers", "pool_size", "host")}
    assert found == {
        "port": ("1", "flag --port"),
        "workers": ("2", "environment DAEMUN_WORKERS"),
        "pool_size": ("3", ".env"),
        "host": ("h4", "daemun.toml"),
    }


@pytest.mark.parametrize(
    "given",
    [
        {"flags": {"door.idle": "30m"}},
        {"environ": {"DAEMUN_DOOR__IDLE": "30m"}},
        {"environ": {"DAEMUN_IDLE_TIME": "30m"}},
        {"environ": {"SESSION_IDLE_MINUTES": "30"}},
        {"env": "export DAEMUN_DOOR__IDLE='30m'  # half an hour\n"},
        {"toml": '[door]\nidle = "30m"\n'},
    ],
    ids=str,
)
def test_a_nested_setting_is_read_from_every_place(tmp_path: Path, given: dict[str, dict[str, str]]) -> None:
    settings = loaded(tmp_path, **given)  # type: ignore[arg-type]  # one keyword a case
    assert settings.section("door", Door).idle == timedelta(minutes=30)
    settings.check()


def test_toml_values_have_toml_types(tmp_path: Path) -> None:
    settings = loaded(tmp_path, toml='port = 9000\ndocs = false\ncors_origins = ["http://a.example", "http://b.example"]\n')
    assert (settings.core.port, settings.core.docs, settings.core.cors_origins) == (9000, False, ("http://a.example", "http://b.example"))
    settings.check()


def test_the_documents_names_are_read_where_no_name_of_ours_is_given(tmp_path: Path) -> None:
    environ = {"MAX_LOGIN_ATTEMPTS": "7", "DATABASE_URL": "sqlite:///./krx.db", "CORS_ORIGINS": '["http://localhost:8501"]'}
    settings = loaded(tmp_path, environ)
    assert settings.section("door", Door).attempts == 7
    assert settings.core.database.reveal() == "sqlite:///./krx.db"
    assert settings.core.cors_origins == ("http://localhost:8501",)
    assert entry(settings, "door.attempts").source == "environment MAX_LOGIN_ATTEMPTS"
    # Another program's DATABASE_URL, in a stronger place, does not win over what was said to Daemun.
    ours = loaded(tmp_path, environ, toml="[door]\nattempts = 3\n")
    assert ours.section("door", Door).attempts == 3


def test_two_names_of_one_setting_must_agree(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {"DAEMUN_DOOR__IDLE": "30m", "DAEMUN_IDLE_TIME": "20m"})
    settings.section("door", Door)
    assert "DAEMUN_DOOR__IDLE, environment DAEMUN_IDLE_TIME: one setting, different values" in refused(settings)


def test_empty_means_not_given_but_an_empty_list_is_a_list(tmp_path: Path) -> None:
    environ = {"DAEMUN_PORT": "", "DATABASE_URL": "", "DAEMUN_DOOR__COLOURS": "", "DAEMUN_DOOR__SHARED_SECRET": ""}
    settings = loaded(tmp_path, environ, env="DAEMUN_PORT=9000\n")
    assert (settings.core.port, settings.core.database_url) == (9000, None)
    assert (settings.section("door", Door).colours, settings.section("door", Door).shared_secret) == ((), None)
    settings.check()


def test_a_secret_can_be_read_from_a_file(tmp_path: Path) -> None:
    key = token_urlsafe(32)
    (tmp_path / "key").write_text(key + "\n")
    (tmp_path / "key").chmod(0o600)
    for name in ("DAEMUN_DOOR__SHARED_SECRET_FILE", "JWT_SECRET_KEY_FILE"):
        settings = loaded(tmp_path, {name: str(tmp_path / "key")})
        found = settings.section("door", Door).shared_secret
        assert found is not None
        assert found.reveal() == key
        assert entry(settings, "door.shared_secret").source == f"environment {name}"
        settings.check()


def test_a_secrets_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"\xff\xfe" * 16)
    (tmp_path / "empty").write_text("\n")
    for name, why in (("nowhere", "No such file"), ("raw", "not UTF-8 text"), ("empty", "empty")):
        settings = loaded(tmp_path, prod(PEPPER="", PEPPER_FILE=str(tmp_path / name)))
        assert why in refused(settings)
        assert "must be given" not in refused(settings)


def test_a_secret_in_a_file_that_others_can_read_stops_prod_and_warns_in_dev(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(token_urlsafe(32))
    key.chmod(0o640)
    dev = loaded(tmp_path, {"DAEMUN_PEPPER_FILE": str(key)})
    dev.check()
    assert f"chmod go= {key}" in dev.warnings()[0].en
    assert f"chmod go= {key}" in refused(loaded(tmp_path, prod(PEPPER="", PEPPER_FILE=str(key))))
    settings = loaded(tmp_path, prod(PEPPER=""), env=f"DAEMUN_PEPPER={token_urlsafe(32)}\n")
    settings.check()
    (tmp_path / ".env").chmod(0o644)
    assert "chmod go=" in refused(loaded(tmp_path, prod(PEPPER="")))


def test_a_typo_stops_the_start_and_the_right_name_is_suggested(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        {"DAEMUN_PROT": "1", "daemun_host": "x", "SOMETHING_ELSE": "1"},
        env="DAEMUN_DOOR__ATEMPTS=9\n",
        toml="[door]\nidel='1h'\n",
    )
    settings.section("door", Door)
    said = refused(settings)
    assert "environment DAEMUN_PROT is no setting that is known. Did you mean DAEMUN_PORT?" in said
    assert "environment daemun_host is no setting that is known. Did you mean DAEMUN_HOST?" in said
    assert ".env DAEMUN_DOOR__ATEMPTS is no setting that is known. Did you mean DAEMUN_DOOR__ATTEMPTS?" in said
    assert "daemun.toml door.idel is no setting that is known. Did you mean door.idle?" in said
    assert "SOMETHING_ELSE" not in said


def test_only_a_secret_has_a_file_name(tmp_path: Path) -> None:
    assert "DAEMUN_PORT_FILE is no setting" in refused(loaded(tmp_path, {"DAEMUN_PORT_FILE": "/x"}))


def test_a_misspelt_prefix_is_warned_of(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {"DAEMON_PORT": "1", "OTHER_PORT": "2", "PORT": "3"})
    settings.check()
    assert [each.en for each in settings.warnings()] == ["environment DAEMON_PORT: did you mean DAEMUN_PORT?"]


def test_one_start_tells_everything_that_is_wrong(tmp_path: Path) -> None:
    environ = {
        "DAEMUN_PORT": "eighty",
        "DAEMUN_WORKERS": "0",
        "DAEMUN_LOG_LEVEL": "loud",
        "DAEMUN_PROT": "1",
        "DATABASE_URL": "mysql://u:geheim@h/x",
        "DAEMUN_TRUSTED_PROXIES": "proxy.local",
        "DAEMUN_TOOLS": "a b",
        "DAEMUN_DOOR__IDLE": "30",
        "DAEMUN_PUBLIC_URL": "https://u:geheim@h",
    }
    settings = loaded(tmp_path, environ, env="no equals sign geheim\n", toml="port = = geheim")
    settings.section("door", Door)
    said = refused(settings)
    for each in (
        "PORT: 'eighty'",
        "WORKERS must",
        "one of debug",
        "DAEMUN_PROT",
        "DATABASE_URL",
        "proxy.local",
        "'a b'",
        "DOOR__IDLE: '30'",
    ):
        assert each in said
    for each in ("PUBLIC_URL must look", ".env line 1", "daemun.toml is not valid TOML (at line 1"):
        assert each in said
    assert "geheim" not in said
    with pytest.raises(SettingsError) as error:
        settings.check()
    assert "geheim" not in str(error.value)
    assert error.value.said("ko").count("\n") == said.count("\n") == len(error.value.sentences) - 1


def test_a_profile_nobody_knows_is_judged_as_prod(tmp_path: Path) -> None:
    said = refused(loaded(tmp_path, {"DAEMUN_PROFILE": "production"}))
    assert "one of dev, staging, prod" in said
    assert loaded(tmp_path, {"DAEMUN_PROFILE": "production"}).core.docs is False


def test_prod_needs_its_url_and_its_secrets(tmp_path: Path) -> None:
    said = refused(loaded(tmp_path, {"DAEMUN_PROFILE": "prod"}))
    for name in (
        "DAEMUN_PUBLIC_URL is required",
        "DAEMUN_ENCRYPTION_KEY must be given",
        "DAEMUN_PEPPER must be given",
        "token_urlsafe(32)",
    ):
        assert name in said
    loaded(tmp_path, prod()).check()
    loaded(tmp_path, prod(ENCRYPTION_KEY="", PEPPER="", SECRETS_DIR=str(tmp_path / "vault"))).check()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"PUBLIC_URL": "http://gate.example.com"}, "DAEMUN_PUBLIC_URL must be https in prod"),
        ({"PUBLIC_URL": "gate.example.com"}, "must look like"),
        ({"PUBLIC_URL": "https://gate.example.com/?a=1"}, "must look like"),
        ({"PUBLIC_URL": "https://gate.example.com:99999"}, "must look like"),
        ({"CORS_ORIGINS": "*"}, '"*" is refused in prod'),
        ({"CORS_ORIGINS": "https://a.example/path"}, "is not https://host[:port]"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "lets everybody forge"),
        ({"TRUSTED_PROXIES": "10.0.0.1,::/0"}, "lets everybody forge"),
        ({"DATABASE_URL": "postgresql://user:password@localhost/krx_db"}, "the password is an example"),
        ({"PEPPER": "your-super-secret-key-change-this-in-production-min-32-chars"}, "DAEMUN_PEPPER is an example"),
    ],
    ids=str,
)
def test_prod_refuses_what_dev_may_do(tmp_path: Path, more: dict[str, str], sentence: str) -> None:
    assert sentence in refused(loaded(tmp_path, prod(**more)))


def test_staging_is_prod_but_for_plain_http_and_secrets_of_its_own(tmp_path: Path) -> None:
    staging = {"DAEMUN_PROFILE": "staging"}
    loaded(tmp_path, staging | {"DAEMUN_PUBLIC_URL": "http://staging.lan"}).check()
    assert "DAEMUN_PUBLIC_URL is required in staging" in refused(loaded(tmp_path, staging))
    assert '"*" is refused in staging' in refused(loaded(tmp_path, staging | {"DAEMUN_CORS_ORIGINS": "*"}))


def test_dev_may_do_what_prod_refuses(tmp_path: Path) -> None:
    environ = {
        "DAEMUN_CORS_ORIGINS": "*",
        "DATABASE_URL": "postgresql://user:password@localhost/krx_db",
        "DAEMUN_TRUSTED_PROXIES": "0.0.0.0/0",
    }
    loaded(tmp_path, environ).check()


def test_profiles_change_defaults_and_say_so(tmp_path: Path) -> None:
    dev, live = loaded(tmp_path), loaded(tmp_path, prod())
    assert (dev.core.docs, dev.core.https_redirect) == (True, False)
    assert (live.core.docs, live.core.https_redirect) == (False, True)
    assert live.section("door", Door).colours == ("grey",)
    assert (entry(live, "https_redirect").source, entry(live, "door.colours").source) == ("profile prod", "profile prod")
    assert dev.section("door", Door).colours == ("red",)
    assert entry(dev, "door.colours").source == "default"
    assert loaded(tmp_path, prod(DOCS="true")).core.docs is True


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({}, True),
        ({"DAEMUN_PUBLIC_URL": "http://localhost:8000"}, True),
        ({"DAEMUN_PUBLIC_URL": "https://localhost"}, False),
        ({"DAEMUN_PUBLIC_URL": "http://10.0.0.5"}, False),
        ({"DAEMUN_PROFILE": "staging", "DAEMUN_PUBLIC_URL": "http://localhost"}, False),
    ],
    ids=str,
)
def test_cookies_lose_secure_only_on_localhost_in_dev(tmp_path: Path, environ: dict[str, str], plain: bool) -> None:
    assert loaded(tmp_path, environ).core.plain_cookies is plain


def test_what_the_profiles_change_is_written_down(tmp_path: Path) -> None:
    table = {each.name: each for each in differences()}
    assert table["plain_http"].values == {"dev": "true", "staging": "true", "prod": "false"}
    assert table["makes_secrets"].values == {"dev": "true", "staging": "true", "prod": "false"}
    assert table["docs"].values == {"dev": "true", "staging": "false", "prod": "false"}
    assert table["https_redirect"].values == {"dev": "false", "staging": "false", "prod": "true"}
    assert all(each.about.ko and each.about.en and set(each.values) == set(PROFILES) for each in table.values())


def test_sections_check_themselves_by_profile(tmp_path: Path) -> None:
    settings = loaded(tmp_path, prod(DOOR__ATTEMPTS="0"))
    settings.section("door", Door)
    assert "door.attempts is at least 1" in refused(settings)


def test_a_guessable_signing_key_stops_the_start_and_a_mail_password_does_not(tmp_path: Path) -> None:
    environ = {"JWT_SECRET_KEY": "change-this-to-a-secure-random-value", "SMTP_PASSWORD": "short"}
    settings = loaded(tmp_path, environ)
    settings.section("door", Door)
    said = refused(settings)
    assert "DAEMUN_DOOR__SHARED_SECRET (environment JWT_SECRET_KEY) is an example" in said
    assert "change-this" not in said
    assert "mail" not in said


def test_no_secret_is_shown(tmp_path: Path) -> None:
    key = token_urlsafe(32)
    settings = loaded(tmp_path, {"JWT_SECRET_KEY": key, "DATABASE_URL": "postgresql://ann:geheim@h/x"})
    settings.section("door", Door)
    assert entry(settings, "door.shared_secret").value == entry(settings, "database_url").value == "***"
    assert entry(settings, "pepper").value == ""
    for text in (repr(settings), str(settings.effective()), env_example(settings)):
        assert key not in text
        assert "geheim" not in text


def test_every_setting_of_the_house_is_explained_in_both_languages(tmp_path: Path) -> None:
    for each in loaded(tmp_path).effective():
        assert any("가" <= letter <= "힣" for letter in each.about.ko)
        assert each.about.en.isascii() or "…" in each.about.en


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("A = b c ", "b c"),
        ("export A=b # said", "b"),
        ("A=b#c", "b#c"),
        ("A='b # c'", "b # c"),
        ("A='b' # c", "b"),
        (r'A="b\n\"c\" \\ $d ${e}"', 'b\n"c" \\ $d ${e}'),
        (r"A='b\n'", r"b\n"),
        ("A=", ""),
        ("A=  # nothing", ""),
        ('A=""', ""),
        ("A=k=v==", "k=v=="),
        ("\ufeffA=b\r\n", "b"),
    ],
)
def test_dotenv_lines_are_read_as_shells_do(tmp_path: Path, line: str, value: str) -> None:
    (tmp_path / ".env").write_text(line + "\n", "utf-8")
    layer = next(each for each in Settings.load(environ={}, cwd=tmp_path).sources.layers if each.place == ".env")
    assert layer.values["A"] == value


@pytest.mark.parametrize("line", ["geheim", "A='geheim", 'A="geheim" more', "1A=geheim", "A B=geheim"])
def test_a_dotenv_line_that_is_none_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    said = refused(loaded(tmp_path, env=f"# first\n\n{line}\n"))
    assert ".env line 3" in said
    assert "geheim" not in said


def test_a_section_is_asked_for_by_several_and_read_once(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.section("door", Door) is settings.section("door", Door)
    with pytest.raises(TypeError, match="is Door already"):
        settings.section("door", CoreSettings)


def test_two_sections_cannot_claim_one_name(tmp_path: Path) -> None:
    @dataclass(frozen=True, slots=True)
    class Window:
        port: int = setting(1, ko="창", en="window", also=(Also("DAEMUN_PORT"),))

    with pytest.raises(TypeError, match="DAEMUN_PORT"):
        loaded(tmp_path).section("window", Window)


def test_a_required_setting_says_that_it_is(tmp_path: Path) -> None:
    @dataclass(frozen=True, slots=True)
    class Window:
        view: Literal["sea", "hill"] = setting(ko="전망", en="The view")

    settings = loaded(tmp_path)
    settings.section("window", Window)
    assert "DAEMUN_WINDOW__VIEW is required. The view" in refused(settings)


def test_relative_paths_are_meant_from_where_it_was_started(tmp_path: Path) -> None:
    assert loaded(tmp_path, toml="data = 'here/there'\n").core.data == tmp_path / "here" / "there"


def test_the_workers_flags_are_no_typo(tmp_path: Path) -> None:
    loaded(tmp_path, {"DAEMUN_FLAGS": json.dumps({"port": "1"})}).check()


def test_the_example_file_changes_nothing_when_it_is_copied_and_uncommented(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    ask_all(settings)
    lines = (line[2:] for line in env_example(settings).splitlines())
    again = loaded(tmp_path, env="\n".join(line for line in lines if re.match("[A-Z_]+=", line)))
    ask_all(again)
    again.check()
    assert [each.value for each in again.effective()] == [each.value for each in settings.effective()]


def test_the_table_shows_value_source_and_help_in_the_readers_language(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {"DAEMUN_PORT": "9001", "DATABASE_URL": "postgresql://ann:geheim@h/x", "DAEMON_HOST": "x"})
    ko, en = (show(settings, as_json=False, language=each).splitlines() for each in ("ko", "en"))
    assert re.fullmatch("port +9001 +environment DAEMUN_PORT +The port to listen on", next(line for line in en if line.startswith("port ")))
    assert "기다릴 포트" in "\n".join(ko)
    assert re.search(r"database_url +\*\*\* +environment DATABASE_URL", "\n".join(en))
    assert en[-1] == "! environment DAEMON_HOST: did you mean DAEMUN_HOST?"
    assert "geheim" not in "\n".join(ko + en)


def test_programs_read_the_same_as_json(tmp_path: Path) -> None:
    settings = loaded(tmp_path, {"JWT_SECRET_KEY": token_urlsafe(32), "SMTP_PASSWORD": "geheim"})
    settings.section("door", Door)
    text = show(settings, as_json=True, language="ko")
    found = {each["name"]: each for each in json.loads(text)["settings"]}
    assert found["door.shared_secret"] == {
        "name": "door.shared_secret",
        "env": "DAEMUN_DOOR__SHARED_SECRET",
        "value": "***",
        "source": "environment JWT_SECRET_KEY",
        "help": {"ko": "열쇠", "en": "key"},
    }
    assert json.loads(text)["profile"] == "dev"
    assert "geheim" not in text
