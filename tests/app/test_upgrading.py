"""From every earlier state of the schema, with what the code of its time left in it, to now and back."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, MetaData, Table, select
from tests.house import Member, a_house

from daemun.adapters import migrations
from daemun.adapters.database import alone, glance
from daemun.app.build import build
from daemun.app.house import migration_folders
from daemun.app.settings import Settings

ARCHIVES = sorted((Path(__file__).parent / "archives").glob("*.json"))
KEYS = {"encryption_key": "archive-Zt8KqL2vX9nRb4WmYc7HsJd1PfGo5TeUa3Vi", "pepper": "archive-Qw5RtY8uIo2PaSdF6gHjK9lZxC3vBnM7eLkJ"}
PASSWORD = "Maru-Bada-72!"
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    cwd = tmp_path_factory.mktemp("house")
    return migration_folders(build(Settings.load(flags={"data": str(cwd / "data")}, environ={}, cwd=cwd)).features)


def as_of(revisions: list[str], folders: Mapping[str, Path], place: Path) -> dict[str, Path]:
    """The migrations there were then."""
    labels = [name.rpartition("_")[0] for name in revisions]
    for label, newest in zip(labels, revisions, strict=True):
        (place / label).mkdir(parents=True)
        for file in folders[label].glob(f"{label}_*.py"):
            if file.stem <= newest:
                shutil.copy(file, place / label)
    return {label: place / label for label in labels}


def reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def given(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """As the driver of either database takes it."""
    return {
        name: base64.b64decode(value["base64"])
        if isinstance(value, dict)
        else bool(value)
        if value is not None and isinstance(table.c[name].type, Boolean)
        else value
        for name, value in row.items()
    }


def fill(url: str, rows: Rows) -> None:
    with alone(url) as connection:
        tables = reflected(connection)
        for table in tables.sorted_tables:
            if found := rows.get(table.name):
                connection.execute(table.delete())  # what its migration put there
                connection.execute(table.insert(), [given(table, each) for each in found])


def changed(url: str, rows: Rows) -> list[str]:
    """What of the archive is not there as it was: tables that went, rows that are missing or say something else."""
    told: list[str] = []
    with glance(url) as connection:
        assert connection is not None
        tables = reflected(connection).tables
        for name, expected in rows.items():
            table = next((each for full, each in tables.items() if full.rpartition(".")[2] == name), None)
            if table is None:
                told.append(name)
                continue
            columns = [table.c[each] for each in (expected[0] if expected else {}) if each in table.c]
            kept = [dict(row._mapping) for row in connection.execute(select(*columns))] if columns else []
            wanted = [{column.name: given(table, row)[column.name] for column in columns} for row in expected if columns]
            told += [f"{name}: {row}" for row in wanted if row not in kept]
    return told


def downgraded(url: str, folders: Mapping[str, Path], revisions: list[str]) -> None:
    """Step by step, each branch to where it was then; a branch that was not there goes wholly."""
    for label in folders:
        target = next((each for each in revisions if each.startswith(f"{label}_")), None)
        while (now := next((each for each in migrations.current(url) if each.startswith(f"{label}_")), None)) != target:
            assert migrations.downgrade(url, folders, label) == [now]


def test_there_is_an_archive_of_every_state_before_the_last_migration(folders: Mapping[str, Path]) -> None:
    told = {revision for each in ARCHIVES for revision in json.loads(each.read_text("utf-8"))["revisions"]}
    assert told >= {file.stem for label, folder in folders.items() for file in folder.glob(f"{label}_*.py")}, "see archives/README.md"


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda each: each.stem)
async def test_an_earlier_database_comes_up_whole_goes_down_whole_and_its_people_log_in(
    archive: Path, database_url: str, folders: Mapping[str, Path], tmp_path: Path
) -> None:
    found = json.loads(archive.read_text("utf-8"))
    rows: Rows = found["tables"]
    migrations.upgrade(database_url, as_of(found["revisions"], folders, tmp_path / "then"))
    fill(database_url, rows)
    assert changed(database_url, rows) == []
    migrations.upgrade(database_url, folders)
    assert migrations.pending(database_url, folders) == []
    assert changed(database_url, rows) == []
    downgraded(database_url, folders, found["revisions"])
    assert migrations.current(database_url) == found["revisions"]
    assert changed(database_url, rows) == []
    async with a_house(database_url, tmp_path, **KEYS) as house:
        house.clock.advance(days=1)
        client = house.client()
        for handle in ("ann_2026", "bob_2026", "gatekeeper"):
            answer = await client.log_in(Member(handle=handle), password=PASSWORD)
            assert answer.status_code == 200, answer.text
        me = (await client.get("/me", token=answer.json()["access_token"])).json()
        assert (me["user_id"], me["roles"]) == ("gatekeeper", ["master"])
        assert len((await client.get("/api/v1/users", token=answer.json()["access_token"])).json()["users"]) == 3
