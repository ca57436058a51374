"""The schema, brought up or taken down: one branch of revisions a capability, each in the capability's own folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, column, inspect, select, table

from daemun.adapters.database import alone, glance

if TYPE_CHECKING:
    from alembic.config import Config

Folders = Mapping[str, Path]
SCRIPTS: Final = Path(__file__).parent / "alembic"
VERSIONS: Final = table("daemun_alembic_version", column("version_num"))


def upgrade(url: str, folders: Folders) -> list[str]:
    """Applies what is missing, all of it or nothing, and names it. Cheap when nothing is missing; of several at once, one does it."""
    return _run(url, folders, "upgrade", "heads") if pending(url, folders) else []


def downgrade(url: str, folders: Folders, target: str) -> list[str]:
    """Undoes the last revision of the branch `target`, or everything for `base`, and names what was undone."""
    if target != "base" and target not in folders:
        raise ValueError(f"no capability is called {target}")
    return _run(url, folders, "downgrade", "base" if target == "base" else f"{target}@-1")


def current(url: str) -> list[str]:
    """The last applied revision of each branch."""
    with glance(url) as connection:
        return _applied(connection) if connection else []


def pending(url: str, folders: Folders) -> list[str]:
    """The branches' newest revisions that are not applied. A revision is named as its file: `identity_0001`."""
    applied = set(current(url))
    newest = (max(each.stem for each in folder.glob(f"{label}_*.py")) for label, folder in sorted(folders.items()))
    return [each for each in newest if each not in applied]


def _applied(connection: Connection) -> list[str]:
    if not inspect(connection).has_table(VERSIONS.name):
        return []
    return sorted(connection.scalars(select(VERSIONS.c.version_num)))


def _run(url: str, folders: Folders, command: str, target: str) -> list[str]:
    from alembic import command as alembic  # late: a start that finds nothing to do does not pay for it

    done: list[str] = []
    with alone(url) as connection:
        config = _config(connection, folders, lambda step, **_: done.append(step.up_revision_id))
        act: Callable[[Config, str], None] = getattr(alembic, command)
        act(config, target)
    return done


def _config(connection: Connection, folders: Folders, applied: Callable[..., None]) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "on_version_apply": applied})
    settings = {
        "script_location": str(SCRIPTS),
        "version_locations": os.pathsep.join(str(each) for each in folders.values()),
        "path_separator": "os",
    }
    for name, value in settings.items():
        config.set_main_option(name, _literally(value))
    return config


def _literally(value: Any) -> str:
    """Alembic's file format gives % a meaning."""
    return str(value).replace("%", "%%")
