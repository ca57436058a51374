"""What an operator copies: linted, rendered, and with names the settings know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from daemun.app.settings import Settings
from daemun.cli.settings import ask_all

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MADE = ("database_password", "valkey_password", "valkey.conf", "encryption_key", "pepper", "metrics_token")
WANTED = {"DAEMUN_PUBLIC_URL": "https://gate.example.com", "DAEMUN_MAIL__TRANSPORT": "none"}


def ran(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, check=False, timeout=60, **more)


def tool(name: str) -> str:
    """One of the development tools, or of the machine."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


def compose() -> dict[str, Any]:
    found = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def accepted(environ: dict[str, str], cwd: Path) -> Settings:
    """Settings a server would start with; stops with what is wrong."""
    settings = Settings.load(environ=environ, cwd=cwd)
    ask_all(settings)
    settings.check()
    return settings


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """As the script makes them; closed, because they do not lie where Docker would mount them."""
    folder = tmp_path / "secrets"
    assert ran(DEPLOY / "secrets.sh", folder).returncode == 0
    for each in folder.iterdir():
        each.chmod(0o600)
    return folder


def test_the_script_makes_every_secret_once_and_opens_them_inside_a_closed_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    ran(DEPLOY / "secrets.sh", folder)
    before = {each.name: each.read_text() for each in folder.iterdir()}
    assert set(before) == set(MADE)
    assert len(set(before.values())) == len(MADE)
    assert all(len(before[name]) == 43 for name in MADE if name != "valkey.conf")
    assert f"requirepass {before['valkey_password']}\n" in before["valkey.conf"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert ran(DEPLOY / "secrets.sh", folder).stdout == ""
    assert {each.name: each.read_text() for each in folder.iterdir()} == before


def test_the_dockerfile_has_nothing_a_linter_minds() -> None:
    done = ran(tool("hadolint"), ROOT / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_nobodys_root_holds_no_secret_and_is_built_by_hash_of_files_that_exist() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^USER (.+)$", text, re.M) == ["10001:10001"]
    assert re.search(r"^ARG PYTHON=python:\d+\.\d+\.\d+-", text, re.M)
    installs = re.findall(r"pip[^\n]* install [^\n]*", text)
    assert installs
    assert all("--require-hashes" in each or "/wheels/" in each for each in installs)
    assert not re.findall(r"(?i)(password|secret|token|pepper|_key)\s*=", text)
    copied = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M) for name in line.split()]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert set(copied) == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_compose_is_what_its_schema_asks_for() -> None:
    done = ran(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")
    assert done.returncode == 0, done.stdout


def test_a_server_starts_with_what_compose_gives_it_and_the_passwords_reach_the_urls(secrets: Path, tmp_path: Path) -> None:
    given = compose()["services"]["daemun"]["environment"]
    told = {name: re.sub(r"\$\{(\w+):?[-?]?([^}]*)\}", lambda hole: WANTED.get(hole[1], hole[2]), text) for name, text in given.items()}
    told["DAEMUN_TRUSTED_PROXIES"] = "172.30.0.1"
    told = {name: text.replace("/run/secrets", str(secrets)) for name, text in told.items()}
    core = accepted(told, tmp_path).core
    password = (secrets / "database_password").read_text()
    assert core.database.reveal() == f"postgresql://daemun:{password}@db:5432/daemun"
    assert core.valkey is not None
    assert core.valkey.reveal() == f"redis://:{(secrets / 'valkey_password').read_text()}@valkey:6379/0"


def test_every_container_is_closed_waits_for_what_it_needs_and_shows_no_secret_in_its_environment() -> None:
    found = compose()
    services = found["services"]
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not service["user"].startswith(("0", "root")), name
        assert not re.search(r":(latest)?$|^[^:]+$", service["image"]), name
        secret = {each for each in service.get("environment", {}) if re.search("PASSWORD|_KEY|PEPPER|TOKEN", each)}
        assert all(each.endswith("_FILE") for each in secret), name
        assert set(service["secrets"]) <= found["secrets"].keys(), name
    assert {each["file"].removeprefix("./secrets/") for each in found["secrets"].values()} == set(MADE)
    assert services["daemun"]["depends_on"].keys() == {"db", "valkey"}
    assert all("healthcheck" in services[name] for name in ("db", "valkey"))
    assert [each for service in services.values() for each in service.get("ports", ())] == ["127.0.0.1:8000:8000"]


def test_the_unit_is_one_systemd_understands_and_names_settings_there_are(secrets: Path, tmp_path: Path) -> None:
    unit = (DEPLOY / "daemun.service").read_text("utf-8")
    given = dict(each.split("=", 1) for line in re.findall(r"^Environment=(.+)$", unit, re.M) for each in line.split())
    given = {name: text.replace("%d", str(secrets)).replace("/var/lib/daemun", str(tmp_path)) for name, text in given.items()}
    assert accepted(given | WANTED, tmp_path).core.profile == "prod"
    analyze, copy = tool("systemd-analyze"), tmp_path / "daemun.service"
    copy.write_text(unit.replace("/opt/daemun/bin/daemun", sys.executable), "utf-8")
    done = ran(analyze, "verify", copy)
    assert not [line for line in done.stderr.splitlines() if "daemun.service" in line]
    safety = ran(analyze, "security", "--offline=true", copy).stdout
    exposure = re.search(r"Overall exposure level for daemun.service: ([\d.]+)", safety)
    assert exposure is not None, safety
    assert float(exposure[1]) < 2


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    nginx = tool("nginx")
    made = ran(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", tmp_path / "k", "-out", tmp_path / "c"
    )
    assert made.returncode == 0, made.stderr
    text = re.sub(r"/etc/letsencrypt\S+fullchain.pem", f"{tmp_path}/c", text)
    text = re.sub(r"/etc/letsencrypt\S+privkey.pem", f"{tmp_path}/k", text)
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ error_log stderr; {text} }}", "utf-8")
    done = ran(nginx, "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path)
    assert done.returncode == 0, done.stderr


def test_caddy_understands_its_file(tmp_path: Path) -> None:
    done = ran(tool("caddy"), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile", env={"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
