"""People who joined before accounts had states with reasons are found and served like the others."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from sqlalchemy import text
from tests.features.identity.rooms import a_room

from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.features.identity import Sought, store
from daemun.ports.database import Work

ALL = Path(store.__file__).parent / "migrations"
DAY = 86_400_000_000


def join_as_of_old(work: Work) -> None:
    columns = "id, handle, handle_key, email, email_key, name, status, email_verified, created_at, updated_at, last_login_at"
    for number, (name, seen) in enumerate([("안은주", 20_000 * DAY + 5), ("ＢＯＢ Lee", None)]):
        values = {"id": f"01K{number:023d}", "handle": f"user_{number}", "email": f"u{number}@example.com", "name": name, "seen": seen}
        made = f"{19_000 * DAY}"
        row = f":id, :handle, :handle, :email, :email, :name, 'NORMAL', false, {made}, {made}, :seen"
        work.run(text(f"INSERT INTO daemun_users ({columns}) VALUES ({row})").bindparams(**values))


async def test_people_of_before_are_found_by_name_and_counted_from_their_last_login(database_url: str, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(ALL / "identity_0001.py", first)
    migrations.upgrade(database_url, {"identity": first})
    database = open_database(database_url, clock=SystemClock(), entropy=SystemEntropy(), pool=1)
    await database.start(lambda _work, _happening: None)
    await database.work(join_as_of_old, Circumstance())
    await database.stop()
    async with a_room(database_url) as room:
        for q, handle in (("안은", "user_0"), ("bob lee", "user_1")):
            found = await room.read(room.identity.directory.search, Sought(q))
            assert [each.handle for each in found.accounts] == [handle]
            account = found.accounts[0]
            assert (account.active_on, account.language, account.sleep_notices) == ({"user_0": 20_000, "user_1": 19_000}[handle], "ko", 0)


def test_the_revisions_can_be_undone_and_done_again(database_url: str) -> None:
    migrations.upgrade(database_url, {"identity": ALL})
    undone = partial(migrations.downgrade, database_url, {"identity": ALL})
    for revision in ("identity_0004", "identity_0003", "identity_0002"):
        assert undone("identity") == [revision]
    assert migrations.upgrade(database_url, {"identity": ALL}) == ["identity_0002", "identity_0003", "identity_0004"]
