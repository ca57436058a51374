"""Logins that were open before browser sessions came stay open, on the way up and on the way down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from tests.features.sessions.rooms import ANN, HOME, a_room, migrate

from daemun.adapters import migrations
from daemun.adapters.database import alone
from daemun.adapters.memory import MIGRATIONS as MEMORY
from daemun.features.sessions import store

FOLDERS = {"sessions": Path(store.__file__).parent / "migrations", "memory": MEMORY}
OLD = "id, user_id, number, mac_key_id, signing_key_id, started_at, rotated_at, used_at, idle_until, expires_at, remember"
OLD += ", client_mark, device_mark, agent, address, ended_at, ended_why"


async def test_who_was_logged_in_before_stays_so_and_browsers_are_sent_home_by_going_back(database_url: str, tmp_path: Path) -> None:
    async with a_room(database_url, tmp_path) as room:
        pair, browser = await room.open(device="laptop"), await room.browse(device="d" * 43)
        room.clock.advance(minutes=20)
        await room.refreshed(pair.refresh)
    assert migrations.downgrade(database_url, FOLDERS, "sessions") == ["sessions_0002"]
    with alone(database_url) as connection:
        (row,) = connection.execute(text(f"SELECT {OLD} FROM daemun_session_families")).all()
        assert (row.id, row.user_id, row.number) == (pair.session_id, ANN.user_id, 2)
        # as the code of then writes it, beside the table of now: in the middle of an upgrade both run
    migrate(database_url)
    with alone(database_url) as connection:
        values = {**row._mapping, "id": "01K000000000000000000LATER"}
        names = ", ".join(f":{name}" for name in values)
        connection.execute(text(f"INSERT INTO daemun_session_families ({OLD}) VALUES ({names})"), values)
    async with a_room(database_url, tmp_path) as room:
        room.clock.advance(minutes=21)
        live = await room.live(pair.session_id)
        assert live is not None
        assert live.authenticated_ago(live.used) == timedelta(minutes=20)
        assert await room.known(browser.cookie) is None
        late = await room.live("01K000000000000000000LATER")
        assert late is not None
        assert late.authenticated_ago(late.used) > timedelta(days=365)  # of what is not known, nothing is believed
        assert {(each.kind, each.aal) for each in await room.listed()} == {("tokens", 1)}
        await room.browse(device="d" * 43, seen=HOME)


async def test_a_backup_from_before_keeps_what_it_promises_about_idle_ends(database_url: str, tmp_path: Path) -> None:
    """The table's own check is there after the upgrade as before it."""
    migrate(database_url)
    with alone(database_url) as connection:
        kind = "sqlite_master WHERE type = 'table'" if database_url.startswith("sqlite") else "pg_constraint"
        column = "sql" if database_url.startswith("sqlite") else "conname"
        told = " ".join(str(each) for each in connection.scalars(text(f"SELECT {column} FROM {kind}")))
        assert "daemun_session_families_idle" in told
