"""The schema going up and down."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from daemun.adapters import migrations
from daemun.adapters.database import alone, glance

TREES = """
import sqlalchemy as sa
from alembic import op

revision = "trees_0001"
down_revision = None
branch_labels = ("trees",)
depends_on = None


def upgrade() -> None:
    op.create_table("daemun_trees", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "daemun_leaves",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tree", sa.Integer, sa.ForeignKey("daemun_trees.id", ondelete="CASCADE"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("daemun_leaves")
    op.drop_table("daemun_trees")
"""
TALLER_TREES = """
import sqlalchemy as sa
from alembic import op

revision = "trees_0002"
down_revision = "trees_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("daemun_trees", recreate="auto") as trees:
        trees.add_column(sa.Column("height", sa.Integer, nullable=False, server_default="1"))
        trees.create_check_constraint("daemun_trees_height", "height > 0")


def downgrade() -> None:
    with op.batch_alter_table("daemun_trees") as trees:
        trees.drop_constraint("daemun_trees_height", type_="check")
        trees.drop_column("height")
"""
STONES = """
import sqlalchemy as sa
from alembic import op

revision = "stones_0001"
down_revision = None
branch_labels = ("stones",)
depends_on = None


def upgrade() -> None:
    op.create_table("daemun_stones", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("daemun_stones")
"""
BROKEN = (
    STONES.replace('"stones_0001"', '"stones_0002"')
    .replace("down_revision = None", 'down_revision = "stones_0001"')
    .replace('("stones",)', "None")
)
"""Makes a table that is there already."""


def garden(folder: Path, **files: str) -> Mapping[str, Path]:
    """Two capabilities, with whatever revisions are given; a folder's name may hold a %."""
    for name, source in {"trees_0001": TREES, "stones_0001": STONES, **files}.items():
        place = folder / "100% ours" / name.partition("_")[0]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.py").write_text(source)
    return {each: folder / "100% ours" / each for each in ("stones", "trees")}


def tables(url: str) -> set[str]:
    with glance(url) as connection:
        return set(inspect(connection).get_table_names()) if connection else set()


def test_an_empty_database_is_brought_up_once(database_url: str, tmp_path: Path) -> None:
    folders = garden(tmp_path, trees_0002=TALLER_TREES)
    assert migrations.pending(database_url, folders) == ["stones_0001", "trees_0002"]
    assert sorted(migrations.upgrade(database_url, folders)) == ["stones_0001", "trees_0001", "trees_0002"]
    assert tables(database_url) == {"daemun_alembic_version", "daemun_stones", "daemun_trees", "daemun_leaves"}
    assert migrations.current(database_url) == ["stones_0001", "trees_0002"]
    assert migrations.pending(database_url, folders) == []
    assert migrations.upgrade(database_url, folders) == []


def test_one_branch_goes_down_one_step_and_the_others_stay(database_url: str, tmp_path: Path) -> None:
    folders = garden(tmp_path, trees_0002=TALLER_TREES)
    migrations.upgrade(database_url, folders)
    assert migrations.downgrade(database_url, folders, "trees") == ["trees_0002"]
    assert migrations.current(database_url) == ["stones_0001", "trees_0001"]
    assert migrations.downgrade(database_url, folders, "stones") == ["stones_0001"]
    assert migrations.current(database_url) == ["trees_0001"]
    assert sorted(migrations.upgrade(database_url, folders)) == ["stones_0001", "trees_0002"]


def test_going_down_to_the_base_leaves_only_the_list_of_versions(database_url: str, tmp_path: Path) -> None:
    folders = garden(tmp_path)
    migrations.upgrade(database_url, folders)
    assert sorted(migrations.downgrade(database_url, folders, "base")) == ["stones_0001", "trees_0001"]
    assert tables(database_url) == {"daemun_alembic_version"}


def test_an_unknown_branch_does_not_go_down(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no capability"):
        migrations.downgrade(database_url, garden(tmp_path), "clouds")


def test_a_capability_that_arrives_later_brings_only_its_own(database_url: str, tmp_path: Path) -> None:
    folders = garden(tmp_path)
    assert migrations.upgrade(database_url, {"trees": folders["trees"]}) == ["trees_0001"]
    assert migrations.upgrade(database_url, folders) == ["stones_0001"]


def test_rows_that_point_to_a_rebuilt_table_stay(database_url: str, tmp_path: Path) -> None:
    migrations.upgrade(database_url, garden(tmp_path))
    with alone(database_url) as connection:
        connection.execute(text("INSERT INTO daemun_trees (id) VALUES (1)"))
        connection.execute(text("INSERT INTO daemun_leaves (id, tree) VALUES (1, 1)"))
    migrations.upgrade(database_url, garden(tmp_path, trees_0002=TALLER_TREES))
    with alone(database_url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM daemun_leaves")) == 1


def test_a_revision_that_fails_takes_all_of_its_upgrade_back(database_url: str, tmp_path: Path) -> None:
    migrations.upgrade(database_url, garden(tmp_path))
    with pytest.raises(Exception, match="already exists"):
        migrations.upgrade(database_url, garden(tmp_path, trees_0002=TALLER_TREES, stones_0002=BROKEN))
    assert migrations.current(database_url) == ["stones_0001", "trees_0001"]
    with glance(database_url) as connection:
        assert connection is not None
        assert [each["name"] for each in inspect(connection).get_columns("daemun_trees")] == ["id"]


def test_looking_at_a_file_that_is_not_there_does_not_make_it(sqlite_url: str, tmp_path: Path) -> None:
    assert migrations.current(sqlite_url) == []
    assert not (tmp_path / "data").exists()


@pytest.mark.processes
def test_of_several_processes_that_start_at_once_one_migrates(database_url: str, tmp_path: Path) -> None:
    folders = garden(tmp_path, trees_0002=TALLER_TREES)
    code = (
        "import sys, pathlib; from daemun.adapters import migrations\n"
        "folders = {each: pathlib.Path(sys.argv[2]) / each for each in ('stones', 'trees')}\n"
        "print(*migrations.upgrade(sys.argv[1], folders))"
    )
    command = [sys.executable, "-c", code, database_url, str(folders["trees"].parent)]
    starting = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    answers = [each.communicate(timeout=60) for each in starting]
    assert [each.returncode for each in starting] == [0, 0, 0, 0], answers
    assert sorted(" ".join(out.strip() for out, _ in answers).split()) == ["stones_0001", "trees_0001", "trees_0002"]
