"""`python -m scripts.archive DATABASE_FILE`: a SQLite database as JSON, to be upgraded by the tests of later versions.

Made by the code of its time: start that version with the keys in tests/app/archives/README.md, let people sign up and in, stop it.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, select

VERSIONS = "daemun_alembic_version"


def archived(file: Path) -> dict[str, Any]:
    """Every row of every table; bytes as `{"base64": …}`."""
    found = MetaData()
    with create_engine(f"sqlite:///{file}").connect() as connection:
        found.reflect(connection)
        tables = {
            table.name: [{name: _plain(value) for name, value in row._mapping.items()} for row in connection.execute(select(table))]
            for table in found.sorted_tables
        }
    revisions = sorted(row["version_num"] for row in tables.pop(VERSIONS))
    return {"revisions": revisions, "tables": tables}


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


if __name__ == "__main__":
    json.dump(archived(Path(sys.argv[1])), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
