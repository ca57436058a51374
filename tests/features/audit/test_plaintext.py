"""What is personal never reaches a disk by way of the log: every byte of every file is looked at, write-ahead logs included."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from tests.features.audit.logged import audit_of, house_of, raw, revealed, settled, shipped
from tests.features.audit.test_tampering import exported
from tests.house import House, a_house
from tests.servers.postgres import PostgresServer, postgres_server

from daemun.core.actor import SHELL, Actor
from daemun.core.circumstance import Circumstance
from daemun.core.event import EventKind, Happening
from daemun.core.ids import ulid
from daemun.features.audit import store
from daemun.ports.database import Work
from daemun.web.visit import Visit

pytestmark = pytest.mark.processes
ADDRESS, AGENT, HANDLE, REASON, NOTE = "198.51.100.231", "Planted-Agent/7f3a", "planted_handle_9", "planted reason 5c1", "planted note 77"
PLANTED = (ADDRESS, AGENT, HANDLE, REASON, NOTE)
KIND = EventKind("auth.login", "success", "login", resource_type="user", fields={"note": "actor"})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One of our own, whose files are seen: what others planted must not be found in them."""
    with postgres_server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'daemun.db'}"
    server: PostgresServer = request.getfixturevalue("server")
    return server.create()


async def planted(house: House) -> str:
    """Somebody the log alone has ever heard of. Returns who."""
    opened = house_of(house)
    person = ulid(house.clock.now(), b"planted-07")
    actor = Actor("user", person, handle=HANDLE)
    visit = Visit(opened.database, Circumstance("req_planted", ADDRESS, AGENT, "POST", "/auth/login"))

    def log_in(work: Work) -> None:
        audit_of(house).keep(work, opened_happening(work, actor, person))

    await visit.work(log_in)
    await opened.visit("test").work(opened.rooms.forgetting.hold, subject=person, retention=None, reason=REASON, by=actor)
    await settled(house)
    await shipped(house)
    return person


def opened_happening(work: Work, actor: Actor, person: str) -> Any:
    return Happening(work.new_id(), KIND.by(actor, work.now, resource_id=person, note=NOTE), work.circumstance)


async def files_of(house: House, folder: Path, url: str) -> bytes:
    """All that is on the disk of it: for PostgreSQL the server's own folder."""
    database = house_of(house).database
    if database.dialect == "sqlite":
        return await asyncio.to_thread(raw, folder)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    where = await database.survey(lambda tx: tx.one(text("SELECT current_setting('data_directory') AS folder")))
    assert where is not None
    return await asyncio.to_thread(raw, folder) + await asyncio.to_thread(raw, Path(where.folder))


async def test_planted_strings_are_in_no_file_before_and_after_erasure_and_proofs_hold(url: str, tmp_path: Path) -> None:
    async with a_house(url, tmp_path) as house:
        person = await planted(house)
        opened = house_of(house)
        (told,) = [each for each in await revealed(house) if each.entry.get("c") == "req_planted"]
        assert told.parts["actor"] is not None and told.parts["actor"]["address"] == ADDRESS, "with the keys it is read"
        before = await files_of(house, tmp_path, url)
        assert told.entry["i"].encode() in before, "the files that are looked at hold the log"
        assert [each for each in PLANTED if each.encode() in before] == []
        (hold,) = await opened.visit("test").read(store.all_holds)
        await opened.visit("test").work(opened.rooms.forgetting.release, hold.id, reason="settled", by=SHELL)
        await opened.visit("test").work(opened.rooms.forgetting.erase, person, reason="asked", by=SHELL)
        await shipped(house)
        (told,) = [each for each in await revealed(house) if each.entry.get("c") == "req_planted"]
        assert told.parts["actor"] is None
        after = await files_of(house, tmp_path, url)
        assert [each for each in PLANTED if each.encode() in after] == []
        assert (await exported(house, tmp_path / "bundle")).verified().ok
