"""A PostgreSQL server as we speak to it: driver, schema, time limits, and what its errors mean."""

from __future__ import annotations

from typing import Final

import psycopg
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from daemun.adapters.database.shared import database_error

SCHEMA: Final = "daemun"
CONNECT_SECONDS: Final = 5
OPTIONS: Final = f"-c search_path={SCHEMA}"
LIMITS: Final = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
PATIENT: Final = "-c statement_timeout=60s -c lock_timeout=15s -c idle_in_transaction_session_timeout=60s"
"""For stories and longer reads: a statement that hangs holds a connection of the pool, and what it has locked. Schema changes have none."""
READING: Final = "-c default_transaction_read_only=on"
SERIALIZATION_FAILURE: Final = "40001"
DEADLOCK: Final = "40P01"


def postgres_address(url: str) -> URL:
    """The URL for our driver, from any of the names people give it."""
    address = make_url(url.replace("postgres://", "postgresql://", 1))
    if address.get_backend_name() != "postgresql":
        raise ValueError("a database URL begins with sqlite:/// or postgresql://")
    return address.set(drivername="postgresql+psycopg")


def postgres_engine(address: URL, *, options: str = OPTIONS) -> Engine:
    """An engine whose connections begin nothing by themselves: BEGIN and COMMIT are said where they are meant."""
    return create_engine(
        address,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error goes to the log; names, addresses and hashes do not
        use_native_hstore=False,
        connect_args={"options": options, "connect_timeout": CONNECT_SECONDS, "application_name": "daemun"},
        execution_options={"preserve_rowcount": True},
    )


def is_away(error: BaseException) -> bool:
    """Whether the server could not serve, as opposed to a statement that is wrong: away, full, too slow, a lock that did not come."""
    return isinstance(database_error(error), (psycopg.OperationalError, psycopg.InterfaceError))


def is_worth_repeating(error: BaseException) -> bool:
    """Whether the same story may pass when told again: it met another one."""
    driver = database_error(error)
    return isinstance(driver, psycopg.Error) and driver.sqlstate in (SERIALIZATION_FAILURE, DEADLOCK)
