"""A change of roles in one server process counts at the next request in every other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.house import Member
from tests.server.running import BOSS, Server, a_master, running

from daemun.app.build import build
from daemun.app.settings import Settings
from daemun.core.actor import SYSTEM

pytestmark = pytest.mark.processes

SAME = {"DAEMUN_PUBLIC_URL": "http://localhost:8000"}
"""One house with two doors: each accepts what the other has issued."""


def signed_in(server: Server, member: Member) -> httpx2.Client:
    body = {"user_id": member.handle, "password": member.password}
    token = httpx2.post(f"{server.url}/auth/login", json=body, timeout=30).json()["access_token"]
    return httpx2.Client(headers={"authorization": f"Bearer {token}"}, timeout=30)


async def change(server: Server, act: str, user_id: str, role: str) -> None:
    """In a third process: this one."""
    flags = {"data": str(server.folder / "data")} | ({"database_url": server.database_url} if server.database_url else {})
    house = build(Settings.load(flags=flags, environ={}, cwd=server.folder))
    await house.open()
    try:
        await house.visit("test").work(getattr(house.access, act), SYSTEM, user_id, role)
    finally:
        await house.close()


async def test_what_one_process_changes_about_roles_every_other_knows_at_the_next_request(tmp_path: Path, database_url: str) -> None:
    """OWASP ASVS 8.3.2."""
    with running(tmp_path, database_url, more=SAME) as here, running(tmp_path, database_url, more=SAME) as there:
        httpx2.post(f"{here.url}/auth/signup", json=Member().form, timeout=30)
        a_master(here)
        boss, ann = signed_in(here, BOSS), signed_in(there, Member())

        def rights(server: Server) -> tuple[list[str], set[str]]:
            me: dict[str, Any] = ann.get(f"{server.url}/me").json()
            return me["roles"], set(me["permissions"])

        user_id = ann.get(f"{there.url}/me").json()["id"]
        everyday = rights(there)[1]
        assert rights(here) == (["user"], everyday)

        await change(here, "grant", user_id, "auditor")
        assert ann.get(f"{there.url}/api/v1/roles").status_code == 200
        await change(here, "take", user_id, "auditor")
        assert ann.get(f"{there.url}/api/v1/roles").status_code == 403

        role = {"name": "helper", "ko": "도우미", "en": "Helper", "permissions": ["roles.read"]}
        assert boss.post(f"{here.url}/api/v1/roles", json=role).status_code == 201
        await change(here, "grant", user_id, "helper")
        for _ in range(3):
            for server in (there, here):
                assert rights(server) == (["helper", "user"], everyday | {"roles.read"})
            assert boss.put(f"{here.url}/api/v1/roles/helper", json=role | {"permissions": ["users.read"]}).status_code == 200
            assert rights(there)[1] == everyday | {"users.read"}
            assert ann.get(f"{there.url}/api/v1/roles").status_code == 403
            assert boss.post(f"{there.url}/api/v1/roles/helper/versions/1/restore").status_code == 200
            assert rights(here)[1] == everyday | {"roles.read"}
        assert boss.delete(f"{there.url}/api/v1/roles/helper", params={"force": True}).json()["people"] == 1
        assert rights(here) == rights(there) == (["user"], everyday)
