"""Letters have a way to go in every profile, or somebody chose that they have none."""

from __future__ import annotations

from pathlib import Path
from secrets import token_urlsafe

import pytest

from daemun.app.build import build
from daemun.app.settings import Settings, SettingsError
from daemun.features.mail import MailSettings
from daemun.features.mail.models import State

PROD = {"DAEMUN_PROFILE": "prod", "DAEMUN_PUBLIC_URL": "https://gate.example.com"}
STAGING = {"DAEMUN_PROFILE": "staging", "DAEMUN_PUBLIC_URL": "https://gate.example.com"}
SMTP = {"SMTP_HOST": "smtp.example.com", "SMTP_USER": "gate@example.com", "SMTP_PASSWORD": "Right-Horse-7"}


def loaded(folder: Path, environ: dict[str, str]) -> tuple[Settings, MailSettings]:
    given = {"DAEMUN_ENCRYPTION_KEY": token_urlsafe(32), "DAEMUN_PEPPER": token_urlsafe(32)} | environ
    settings = Settings.load(environ=given, cwd=folder)
    return settings, settings.section("mail", MailSettings)


def refused(folder: Path, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        loaded(folder, environ)[0].check()
    return error.value.said("en")


def becomes(folder: Path, environ: dict[str, str]) -> State:
    settings, rules = loaded(folder, environ)
    settings.check()
    return rules.becomes(settings.core.profile)


def test_dev_keeps_letters_until_there_is_a_server(tmp_path: Path) -> None:
    assert becomes(tmp_path, {}) == "kept"
    assert becomes(tmp_path, SMTP) == "waiting"
    assert becomes(tmp_path, {"DAEMUN_MAIL__TRANSPORT": "none"}) == "void"


@pytest.mark.parametrize("profile", [PROD, STAGING], ids=["prod", "staging"])
def test_elsewhere_a_server_is_named_or_none_is_chosen(tmp_path: Path, profile: dict[str, str]) -> None:
    said = refused(tmp_path, profile)
    assert "DAEMUN_MAIL__HOST (or SMTP_HOST)" in said
    assert "DAEMUN_MAIL__TRANSPORT=none" in said
    assert becomes(tmp_path, profile | SMTP) == "waiting"
    assert becomes(tmp_path, profile | {"DAEMUN_MAIL__TRANSPORT": "none"}) == "void"


def test_that_no_letters_are_sent_is_said_at_the_start(tmp_path: Path) -> None:
    settings, _ = loaded(tmp_path, PROD | {"DAEMUN_MAIL__TRANSPORT": "none"})
    build(settings)
    assert "No letters are sent" in "\n".join(each.en for each in settings.warnings())


def test_the_names_of_the_documents_are_read(tmp_path: Path) -> None:
    _, rules = loaded(tmp_path, SMTP | {"SMTP_PORT": "2525", "SMTP_FROM": "no-reply@example.com"})
    assert (rules.host, rules.port, rules.user, rules.sender) == ("smtp.example.com", 2525, "gate@example.com", "no-reply@example.com")
    assert rules.password is not None
    assert rules.password.reveal() == "Right-Horse-7"
    assert loaded(tmp_path, SMTP)[1].sender == "gate@example.com"


def test_port_465_speaks_tls_from_its_first_byte(tmp_path: Path) -> None:
    assert loaded(tmp_path, SMTP)[1].protection == "starttls"
    assert loaded(tmp_path, SMTP | {"SMTP_PORT": "465"})[1].protection == "implicit"


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"SMTP_USER": "gate"}, "DAEMUN_MAIL__FROM_ADDRESS"),
        ({"SMTP_FROM": "Gate <gate@example.com>"}, "DAEMUN_MAIL__FROM_ADDRESS"),
        ({"SMTP_PORT": "0"}, "DAEMUN_MAIL__PORT"),
        ({"DAEMUN_MAIL__TIMEOUT": "0s"}, "DAEMUN_MAIL__TIMEOUT"),
        ({"DAEMUN_MAIL__TIMEOUT": "5m"}, "DAEMUN_MAIL__TIMEOUT"),
        ({"DAEMUN_MAIL__CA": "nowhere.pem"}, "DAEMUN_MAIL__CA"),
        ({"SMTP_HOST": "", "DAEMUN_MAIL__TRANSPORT": "smtp"}, "DAEMUN_MAIL__HOST"),
        ({"DAEMUN_MAIL__TLS": "none"}, "DAEMUN_MAIL__TLS"),
    ],
)
def test_what_could_not_send_a_letter_stops_the_start(tmp_path: Path, more: dict[str, str], sentence: str) -> None:
    assert sentence in refused(tmp_path, PROD | SMTP | more)


def test_plain_text_is_for_this_machine_or_for_dev_without_a_password(tmp_path: Path) -> None:
    plain = SMTP | {"DAEMUN_MAIL__TLS": "none"}
    for host in ("localhost", "127.0.0.1", "::1"):
        assert becomes(tmp_path, PROD | plain | {"SMTP_HOST": host}) == "waiting"
    assert "DAEMUN_MAIL__TLS" in refused(tmp_path, plain)
    assert becomes(tmp_path, {**plain, "SMTP_PASSWORD": ""}) == "waiting"
    assert "DAEMUN_MAIL__TLS" in refused(tmp_path, PROD | {**plain, "SMTP_PASSWORD": ""})
