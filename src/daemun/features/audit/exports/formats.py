"""Lines as files, one after another, in the same memory however many there are."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from daemun.features.audit.exports.lines import COLUMNS, Line, as_json, stamp
from daemun.features.audit.exports.ocsf import ocsf

Format = Literal["csv", "jsonl", "xlsx", "ocsf"]
Add = Callable[[Line], object]
MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ocsf": "application/x-ndjson",
    "bundle": "application/zip",
}
ENDINGS: Final = {"csv": "csv", "jsonl": "jsonl", "xlsx": "xlsx", "ocsf": "ocsf.jsonl", "bundle": "zip"}
# A spreadsheet computes what begins so, or after blanks: also in the full-width forms that Korean keyboards write.
COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS: Final = 1_048_576
LONGEST_CELL: Final = 32_767
compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@contextmanager
def writer(format_: Format, path: Path, *, origin: str, version: str) -> Iterator[Add]:
    """Complete when the block ends."""
    if format_ == "csv":
        with _csv(path) as add:
            yield add
    elif format_ == "xlsx":
        with _xlsx(path) as add:
            yield add
    else:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            told = (lambda line: ocsf(line, origin=origin, version=version)) if format_ == "ocsf" else as_json
            yield lambda line: file.write(compact(told(line)) + "\n")


def harmless(text: str) -> str:
    """Text for a cell, and never a formula."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(COMPUTED) else text


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, Mapping):
        return compact(dict(value)) if value else ""
    return ("true" if value else "") if isinstance(value, bool) else str(value)


@contextmanager
def _csv(path: Path) -> Iterator[Add]:
    # With a mark at its front: without it, spreadsheets read Korean as something else.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, quoting=csv.QUOTE_ALL)
        rows.writerow(COLUMNS)
        yield lambda line: rows.writerow([harmless(cell(getattr(line, name))) for name in COLUMNS])


@contextmanager
def _xlsx(path: Path) -> Iterator[Add]:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no stubs. Late: only for who wants it

    beside = path.with_name(path.name + ".tmp")
    beside.mkdir(mode=0o700, exist_ok=True)
    # Every text stays a text: no formulas, no links, no numbers made of it.
    plain = {
        "constant_memory": True,
        "tmpdir": str(beside),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with Workbook(str(path), plain) as book:
            yield _Sheets(book).add
    finally:
        shutil.rmtree(beside, ignore_errors=True)


class _Sheets:
    """As many sheets as there must be: one ends after a million rows."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._begin()

    def add(self, line: Line) -> None:
        if self._row == ROWS:
            self._begin()
        for column, name in enumerate(COLUMNS):
            self._sheet.write_string(self._row, column, cell(getattr(line, name))[:LONGEST_CELL])
        self._row += 1

    def _begin(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(COLUMNS):
            self._sheet.write_string(0, column, name)
        self._row = 1
