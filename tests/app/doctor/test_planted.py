"""Each planted misconfiguration is found by name, and nothing is found on a good installation."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import redis
import trustme
from sqlalchemy import make_url
from tests.app.doctor.installation import BY_HAND, ENCRYPTION_KEY, PEPPER, Installation, an_installation
from tests.house import FrozenClock
from tests.servers.https import a_front, certificate
from tests.servers.mail import PASSWORD
from tests.servers.process import free_port

from daemun.adapters import migrations
from daemun.app.build import build
from daemun.app.doctor import Asked, examine
from daemun.app.house import migration_folders
from daemun.app.settings import Settings

STRONG = "hT4nQz8sWb2LkXv6YpRc0JmGfE9uDaI3oNxB5tKiVqM"
KRX = {"identity.length", "identity.composition"}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder, authority = tmp_path_factory.mktemp("installation"), trustme.CA()
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with pytest.MonkeyPatch.context() as patch, an_installation(folder, authority) as made:
        patch.setenv("SSL_CERT_FILE", str(trusted))
        yield made


def test_nothing_is_found_on_a_good_one(good: Installation) -> None:
    report = good.examined()
    assert report.found() == []
    assert not [each.check.name for each in report.results if each.verdict == "unseen"]
    assert report.verdict == "pass"
    assert {each.standing for each in report.clauses} == {"pass", "built-in", "not-built"}
    assert not report.differences


SETTINGS: dict[str, tuple[dict[str, str | None], set[str]]] = {
    "the documents' password policy": ({"DAEMUN_PASSWORD_POLICY": "krx"}, KRX),
    "passwords of six characters": ({"PASSWORD_MIN_LENGTH": "6"}, {"identity.length"}),
    "a character class that is required": ({"PASSWORD_REQUIRE_DIGIT": "1"}, {"identity.composition"}),
    "sign-up that tells who exists": ({"DAEMUN_SIGNUP": "open"}, {"identity.signup"}),
    "passwords lent by mail": ({"DAEMUN_IDENTITY__RECOVERY": "temporary"}, {"identity.recovery"}),
    "a thousand failures in a row": ({"DAEMUN_IDENTITY__LOGIN_STREAK": "1000"}, {"identity.guessing"}),
    "guessing without limit": ({"MAX_LOGIN_ATTEMPTS": "100000"}, {"identity.throttling"}),
    "the posture halo": ({"DAEMUN_GUARD_POSTURE": "halo"}, {"identity.posture"}),
    "refresh tokens that stay": ({"DAEMUN_REFRESH_MODE": "reuse"}, {"sessions.rotation"}),
    "logins of ninety days": ({"JWT_REFRESH_TOKEN_EXPIRE_DAYS": "90"}, {"sessions.lifetime"}),
    "unused logins that do not end": ({"DAEMUN_SESSIONS__REFRESH_IDLE": "30d"}, {"sessions.unused"}),
    "access tokens of half a day": ({"JWT_ACCESS_TOKEN_EXPIRE_MINUTES": "720"}, {"sessions.access"}),
    "a key that is shared": ({"JWT_ALGORITHM": "HS256", "JWT_SECRET_KEY": STRONG}, {"sessions.algorithm"}),
    "a shared key out of a manual": (
        {"JWT_ALGORITHM": "HS256", "JWT_SECRET_KEY": "your-super-secret-key-change-this-in-production-min-32-chars"},
        {"sessions.algorithm", "secrets.strength"},
    ),
    "one secret for two things": ({"DAEMUN_PEPPER": ENCRYPTION_KEY}, {"settings.right"}),
    "no letters": ({"DAEMUN_MAIL__TRANSPORT": "none"}, {"mail.sending"}),
    "letters from nobody's domain": ({"DAEMUN_MAIL__FROM_ADDRESS": "gate@example.com"}, {"mail.sender"}),
    "a mail server that is not there": ({"DAEMUN_MAIL__PORT": "1"}, {"neighbours.mail"}),
    "a mail server of whom nobody vouches": ({"DAEMUN_MAIL__CA": None}, {"neighbours.mail"}),
    "a wrong password for mail": ({"DAEMUN_MAIL__PASSWORD": f"{PASSWORD}x"}, {"neighbours.mail"}),
    "a Valkey that is not there": ({"DAEMUN_VALKEY_URL": "redis://127.0.0.1:1/0"}, {"neighbours.valkey"}),
    "every private address a proxy": ({"DAEMUN_TRUSTED_PROXIES": "10.0.0.0/8"}, {"network.trusted"}),
    "everybody a proxy": ({"DAEMUN_TRUSTED_PROXIES": "0.0.0.0/0"}, {"network.trusted", "settings.right"}),
    "a proxy that is not named": ({"DAEMUN_TRUSTED_PROXIES": None}, {"network.named"}),
    "another origin by plain http": ({"CORS_ORIGINS": "http://localhost:8501"}, {"network.origins"}),
    "every origin": ({"CORS_ORIGINS": "*"}, {"network.origins", "settings.right"}),
    "no way on to https": ({"DAEMUN_HTTPS_REDIRECT": "0"}, {"front.redirect"}),
    "an address where nobody answers": ({"DAEMUN_PUBLIC_URL": "https://localhost:1"}, {"front.answers"}),
    "no address": ({"DAEMUN_PUBLIC_URL": None}, {"front.url", "settings.right"}),
    "a chatty log": ({"DAEMUN_LOG_LEVEL": "debug"}, {"settings.logs"}),
    "more connections than there are": ({"DAEMUN_POOL_SIZE": "500"}, {"database.seats"}),
    "workers beyond reason": ({"DAEMUN_WORKERS": "900", "DAEMUN_POOL_SIZE": "1"}, {"files.workers", "database.seats"}),
    "a database that is away": ({"DAEMUN_DATABASE_URL": "postgresql://daemun@127.0.0.1:1/x"}, {"database.reachable"}),
    "a name nearly ours": ({"DAEMON_PORT": "9000"}, {"settings.names"}),
    "a misspelt name": ({"DAEMUN_POTR": "9000"}, {"settings.right"}),
    "a value that cannot be read": ({"DAEMUN_SESSIONS__GRACE": "soon"}, {"settings.right"}),
    "dev for the whole network": (
        {"DAEMUN_PROFILE": "dev", "DAEMUN_HOST": "0.0.0.0"},
        {"settings.exposed", "settings.profile", "front.redirect"},
    ),
    "staging": ({"DAEMUN_PROFILE": "staging", "DAEMUN_HTTPS_REDIRECT": "1"}, {"settings.profile"}),
    "another pepper": ({"DAEMUN_PEPPER": STRONG}, {"settings.right"}),
}


TOGETHER = (
    (
        "the documents' password policy",
        "sign-up that tells who exists",
        "passwords lent by mail",
        "a thousand failures in a row",
        "guessing without limit",
        "the posture halo",
        "refresh tokens that stay",
        "logins of ninety days",
        "access tokens of half a day",
        "a key that is shared",
        "letters from nobody's domain",
        "a mail server that is not there",
        "a Valkey that is not there",
        "every private address a proxy",
        "another origin by plain http",
        "no way on to https",
        "an address where nobody answers",
        "a chatty log",
        "more connections than there are",
        "a name nearly ours",
    ),
    (
        "passwords of six characters",
        "a character class that is required",
        "unused logins that do not end",
        "no letters",
        "a proxy that is not named",
        "workers beyond reason",
    ),
    ("a mail server of whom nobody vouches", "a database that is away"),
)
"""Those that do not touch: asked for at once, because a test is worth its seconds."""
ALONE = tuple((each,) for each in SETTINGS if not any(each in those for those in TOGETHER))


@pytest.mark.parametrize("plants", [*TOGETHER, *ALONE], ids=lambda plants: plants[0])
def test_a_setting_that_is_not_well_is_found(good: Installation, plants: tuple[str, ...]) -> None:
    planted = [SETTINGS[each] for each in plants]
    report = good.examined(given={name: value for changes, _ in planted for name, value in changes.items()})
    assert set(report.found()) == set().union(*(found for _, found in planted))
    for result in report.results:
        assert all(each.fix for each in result.findings if each.verdict in ("deviation", "fail")), result.check.name


def test_what_policy_krx_deviates_in_is_said_by_clause_and_setting(good: Installation) -> None:
    report = good.examined(given={"DAEMUN_PASSWORD_POLICY": "krx", "DAEMUN_GUARD_POSTURE": "halo", "DAEMUN_REFRESH_MODE": "reuse"})
    deviating = {each.clause.id: each.settings for each in report.clauses if each.standing == "deviation"}
    assert deviating == {
        1: ("identity.password_policy",),
        3: ("identity.password_policy",),
        20: ("identity.posture",),
        56: ("sessions.refresh_mode",),
    }
    causes = {each.env: each.source for result in report.results for finding in result.findings for each in report.caused_by(finding)}
    assert causes["DAEMUN_SESSIONS__REFRESH_MODE"] == "environment DAEMUN_REFRESH_MODE"


def test_a_database_of_somebody_powerful_and_a_password_out_of_a_manual(good: Installation) -> None:
    mine = make_url(good.environ["DAEMUN_DATABASE_URL"])
    boss = mine.set(username="postgres").render_as_string(hide_password=False)
    assert good.examined(given={"DAEMUN_DATABASE_URL": boss}).found() == ["database.rights"]
    shown = mine.set(password="secure_password").render_as_string(hide_password=False)
    assert set(good.examined(given={"DAEMUN_DATABASE_URL": shown}).found()) == {"secrets.database"}


def test_a_full_valkey_that_forgets_is_found(good: Installation) -> None:
    with redis.Redis.from_url(good.valkey_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert good.examined("neighbours").found() == ["neighbours.valkey"]
        finally:
            client.config_set("maxmemory-policy", "noeviction")


@pytest.mark.parametrize(
    ("name", "mode", "found"),
    [
        ("", 0o755, {"files.private"}),
        ("", 0o777, {"files.private", "secrets.files", "settings.right"}),
        ("secrets/keys.json", 0o640, {"secrets.files"}),
        ("secrets.id", 0o644, {"secrets.files"}),
    ],
)
def test_what_others_can_read_or_change_is_found(good: Installation, name: str, mode: int, found: set[str]) -> None:
    path = good.data / name
    before = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode)
    try:
        assert set(good.examined(offline=True).found()) == found
    finally:
        path.chmod(before)


def test_a_folder_of_another_house_is_found(good: Installation, tmp_path: Path) -> None:
    """The database was made with other secrets than those that are given now."""
    house: dict[str, str | None] = {"DAEMUN_DATA": str(tmp_path / "data"), "DAEMUN_PEPPER": STRONG}
    build(good.settings(**house)).ground.hasher.close()
    assert "secrets.belong" in good.examined("secrets", given=house).found()


def test_keys_that_cannot_be_opened_or_are_old_are_found(good: Installation, tmp_path: Path) -> None:
    assert good.examined("keys", clock=FrozenClock(datetime.now(UTC) + timedelta(days=400))).found() == ["keys.age"]
    shutil.copytree(good.data, tmp_path / "data")
    broken = tmp_path / "data" / "secrets" / "keys.json"
    broken.write_text(broken.read_text().replace('"retired"', '"active"').replace('"next"', '"active"'))
    report = good.examined("keys", given={"DAEMUN_DATA": str(tmp_path / "data")})
    assert (report.found(), report.verdict) == (["keys.age"], "fail")


def test_a_broken_list_of_passwords_is_found(good: Installation, tmp_path: Path) -> None:
    shutil.copytree(good.data, tmp_path / "data")
    (tmp_path / "data" / "passwords").mkdir()
    (tmp_path / "data" / "passwords" / "leaked.sha1").write_bytes(b"half of it")
    assert set(good.examined(offline=True, given={"DAEMUN_DATA": str(tmp_path / "data")}).found()) == {
        "identity.blocklist",
        "settings.right",
    }


@pytest.mark.parametrize(("ahead", "verdict"), [(10, "deviation"), (300, "fail")])
def test_a_clock_that_is_wrong_is_found(good: Installation, ahead: int, verdict: str) -> None:
    class Fast:
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(seconds=ahead)

    report = good.examined("clock", clock=Fast())
    assert (report.found(), report.verdict) == (["clock.database", "clock.front"], verdict)


def test_an_address_with_a_bad_certificate_or_of_somebody_else_is_found(good: Installation, tmp_path: Path) -> None:
    soon, past = (datetime.now(UTC) + timedelta(days=each) for each in (5, -5))
    strict = {"Strict-Transport-Security": "max-age=63072000"}
    (tmp_path / "elsewhere").mkdir()
    fronts = {
        "ends soon": (certificate(good.authority, tmp_path, ends=soon), strict, {"front.answers", "front.certificate"}),
        "has ended": (certificate(good.authority, tmp_path, ends=past), strict, {"front.certificate"}),
        "nobody knows": (certificate(trustme.CA(), tmp_path / "elsewhere"), strict, {"front.certificate"}),
        "not strict": (certificate(good.authority, tmp_path), {}, {"front.answers", "front.strict"}),
    }
    for name, (pem, headers, found) in fronts.items():
        with a_front(pem, headers=headers) as url:
            assert set(good.examined("front", given={"DAEMUN_PUBLIC_URL": url}).found()) == found, name


def test_a_schema_that_is_behind_or_ahead_is_found(tmp_path: Path, database_url: str) -> None:
    settings = Settings.load(flags={"data": str(tmp_path / "data"), "database_url": database_url}, environ={}, cwd=tmp_path)
    house = build(settings)
    house.ground.hasher.close()
    folders = migration_folders(house.features)
    migrations.upgrade(database_url, folders)
    assert examine(settings, Asked(frozenset({"database.schema"}))).found() == []
    migrations.downgrade(database_url, folders, "mail")
    assert examine(settings, Asked(frozenset({"database.schema"}))).found() == ["database.schema"]


def test_a_server_that_forgets_what_it_answered_is_found(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SHOW fsync").fetchone()
    settings = Settings.load(flags={"data": str(tmp_path / "data"), "database_url": postgres_url}, environ={}, cwd=tmp_path)
    report = examine(settings, Asked(frozenset({"database.durable"})))
    assert (report.found() == ["database.durable"]) == (row == ("off",))


def test_no_secret_is_told_whatever_is_wrong(good: Installation) -> None:
    wrong: dict[str, str | None] = {
        "JWT_ALGORITHM": "HS256",
        "JWT_SECRET_KEY": "letmein-letmein-letmein-letmein-42",
        "DAEMUN_MAIL__PASSWORD": "wrong-for-mail",
    }
    url = f"postgresql://daemun:hidden-of-pg@127.0.0.1:{free_port()}/x"
    away: dict[str, str | None] = {"DAEMUN_DATABASE_URL": url}
    uncounted: dict[str, str | None] = {"DAEMUN_VALKEY_URL": "redis://:hidden-of-valkey@127.0.0.1:1/0"}
    for changes in (wrong, away, uncounted):
        told = str(good.examined(given=changes).plain())
        for secret in (ENCRYPTION_KEY, PEPPER, PASSWORD, BY_HAND, "letmein", "hidden-of", "wrong-for-mail"):
            assert secret not in told
