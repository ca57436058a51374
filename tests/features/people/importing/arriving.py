"""Sources to import from, and a look at who has come."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.cli.typed import Shell
from tests.house import a_house

from daemun.adapters.database.schema import glance

ROOT = Path(__file__).resolve().parents[4]
PASSWORD = "Maru-Bada-72!"
BCRYPT = "$2a$06$cQgOGAmFqucUrwqAMVBYUu2Xq5/xIJVQv7YpSUOsMZE.gU4Tz75nK"
OURS = "pepper="
Row = Mapping[str, Any]


def peers_python() -> Path:
    """The environment with the other products, which `make test` prepares."""
    named = Path(os.environ.get("PEERS_PYTHON", ".make/peers/bin/python"))
    found = named if named.is_absolute() else ROOT / named
    if not found.exists():
        pytest.skip(f"no {found}: `make .make/peers/installed` brings fastapi-users and Django")
    return found


def made_by(script: str, url: str, people: Sequence[Row]) -> None:
    """A database of another product, made by that product."""
    command = [str(peers_python()), str(ROOT / "bench" / "peers" / script), url]
    done = subprocess.run(command, input=json.dumps(people), text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def a_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def lines_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def here(shell: Shell) -> dict[str, Row]:
    """Everybody, by their address, as the database has them."""
    with glance(shell.database_url) as connection:
        assert connection is not None
        return {row.email: dict(row._mapping) for row in connection.execute(text("SELECT * FROM daemun_users"))}


def roles_of(shell: Shell, handle: str) -> list[str]:
    found: list[str] = shell.told("user", "roles", handle)["roles"]
    return found


def logs_in(shell: Shell, *logins: str, password: str = PASSWORD) -> list[int]:
    """The status of each, one after the other."""

    async def story() -> list[int]:
        async with a_house(shell.database_url, shell.folder, identity__address_attempts="100") as house:
            client, found = house.client(), []
            for login in logins:
                answer = await client.post("/auth/login", {"user_id": login, "password": password})
                found.append(answer.status_code)
            return found

    return asyncio.run(story())
