"""A question to PostgreSQL on its way: the statement as the server has it, and what came back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from daemun.ports.database import Parts, Plain, Together

HOLE: Final = re.compile(r"%%|%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement under its name on one connection. Its last column gives back the number it was asked with."""

    name: bytes
    sql: bytes
    holes: tuple[str, ...]
    encoding: str

    @classmethod
    def of(cls, statement: Together, name: str, encoding: str) -> Prepared:
        holes: dict[str, int] = {}

        def numbered(hole: re.Match[str]) -> str:
            return f"${holes.setdefault(hole[1], len(holes) + 1)}" if hole[1] else "%"

        sql = HOLE.sub(numbered, statement.sql("postgresql"))
        echoing = f"SELECT a.*, ${len(holes) + 1}::bigint FROM ({sql}) AS a"  # noqa: S608 - our own statement
        return cls(name.encode(), echoing.encode(encoding), tuple(holes), encoding)

    def filled(self, parameters: Mapping[str, Plain], number: int) -> list[bytes | None]:
        values = [spelled(parameters[hole], self.encoding) for hole in self.holes]
        values.append(b"%d" % number)
        return values


def spelled(value: Plain, encoding: str) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    text = str(value)
    if "\0" in text:  # libpq would read up to there, and ask for somebody else
        raise psycopg.DataError("PostgreSQL's text cannot hold a NUL")
    return text.encode(encoding)


@dataclass(slots=True)
class Asked:
    """A question under way. Its result is what came after the end of the one before it and before its own end."""

    number: int
    statement: Together
    prepared: Prepared
    until: float
    answer: asyncio.Future[Parts]
    result: PGresult | None = None

    def hear(self, result: PGresult) -> None:
        """Of several errors the first one says why. The PREPARE which passed is not the answer."""
        has_failed = self.result is not None and self.result.status != ExecStatus.TUPLES_OK
        if result.status != ExecStatus.COMMAND_OK and not has_failed:
            self.result = result

    def tell(self, outcome: Parts | Exception) -> None:
        if self.answer.done():  # whoever asked has gone away
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)
