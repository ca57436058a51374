"""A table of another application, read page by page along its primary key: nothing is written to it, and no long transaction holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, NullPool, Select, column, create_engine, func, inspect, make_url, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError
from sqlalchemy.sql.expression import TableClause

from daemun.core.errors import Flaw, Malformed

PAGE: Final = 1000
DRIVERS: Final = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
"""An application names its own driver, which is not ours."""
Row = Mapping[str, Any]


@dataclass(slots=True)
class Foreign:
    connection: Connection
    passed: int = 0

    @classmethod
    def at(cls, url: str) -> Foreign:
        address = _address(url)
        with sentences():
            return cls(create_engine(address, poolclass=NullPool).connect().execution_options(isolation_level="AUTOCOMMIT"))

    def has(self, name: str) -> bool:
        schema, _, bare = name.rpartition(".")
        with sentences():
            return bool(inspect(self.connection).has_table(bare, schema=schema or None))

    def columns_of(self, name: str) -> list[str]:
        """Raises `Malformed` when there is no such table."""
        schema, _, bare = name.rpartition(".")
        try:
            with sentences():
                return [each["name"] for each in inspect(self.connection).get_columns(bare, schema=schema or None)]
        except NoSuchTableError:
            there = ", ".join(sorted(inspect(self.connection).get_table_names(schema=schema or None)))[:300]
            raise Malformed(Flaw("table", "import_no_table", (("table", name), ("tables", there or "-")))) from None

    def count(self, name: str) -> int:
        with sentences():
            return int(self.connection.execute(select(func.count()).select_from(_table(name, ()))).scalar_one())

    def pages(self, name: str, columns: Sequence[str], key: str) -> Iterator[Sequence[Row]]:
        """As the driver gives the values: what another application has put there may be of no type."""
        there = _table(name, columns)
        statement = select(*(there.c[each] for each in columns)).order_by(there.c[key]).limit(PAGE)
        after = None
        while True:
            asked = statement if after is None else statement.where(there.c[key] > after)
            found = self._rows(asked)
            if found:
                yield found
            self.passed += len(found)
            if len(found) < PAGE:
                return
            after = found[-1][key]

    def beside(self, name: str, columns: Sequence[str], key: str, values: Sequence[Any]) -> Sequence[Row]:
        """The rows of another table that belong to a page."""
        there = _table(name, columns)
        asked = select(*(there.c[each] for each in columns)).where(there.c[key].in_(values))
        return self._rows(asked)

    def _rows(self, asked: Select[Any]) -> list[Row]:
        with sentences():
            return [dict(row._mapping) for row in self.connection.execute(asked)]

    def close(self) -> None:
        self.connection.close()


@contextmanager
def sentences() -> Iterator[None]:
    """What the other database refuses is told in its own words, which hold no password."""
    try:
        yield
    except DBAPIError as wrong:
        why = (str(wrong.orig).strip().splitlines() or ["?"])[0]
        raise Malformed(Flaw("source", "import_database", (("why", why[:300]),))) from None


def _table(name: str, columns: Sequence[str]) -> TableClause:
    schema, _, bare = name.rpartition(".")
    return table(bare, *(column(each) for each in columns), schema=schema or None)


def _address(url: str) -> URL:
    """Raises `Malformed` for what is no address, without repeating what may be a password."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise Malformed(Flaw("source", "import_no_url")) from None
    kind = address.drivername.partition("+")[0]
    if kind == "sqlite":
        return _file(address)
    address = address.set(drivername=DRIVERS.get(kind, address.drivername))
    try:
        address.get_dialect().import_dbapi()
    except (ImportError, NoSuchModuleError):
        raise Malformed(Flaw("source", "import_no_driver", (("driver", address.drivername),))) from None
    return address


def _file(address: URL) -> URL:
    """Opened for reading only, and never made."""
    where = address.database or ""
    if not Path(where).is_file():
        raise Malformed(Flaw("source", "import_no_file", (("file", where or "-"),)))
    return address.set(drivername="sqlite", database=f"file:{Path(where).absolute().as_posix()}", query={"mode": "ro", "uri": "true"})
