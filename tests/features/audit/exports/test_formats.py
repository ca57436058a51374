"""Files that a spreadsheet opens and computes nothing of, and that a SIEM understands."""

from __future__ import annotations

import csv
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daemun.features.audit.exports import formats
from daemun.features.audit.exports.formats import Format, writer
from daemun.features.audit.exports.lines import COLUMNS, Line
from daemun.features.audit.exports.ocsf import classified, ocsf

AT = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)
DANGEROUS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    "\n=1",
    " =1+1",
    "　＝HYPERLINK(1)",
    "＠SUM(1)",
    "＋1",
    "－1",
]


def a_line(**changes: Any) -> Line:
    plain = Line(
        idx=7,
        id="01K0000000000000000000EVNT",
        at=AT,
        kind="event",
        action="auth.login",
        outcome="success",
        retention="login",
        actor="user:01K0000000000000000000ANN1",
        handle=None,
        target=None,
        resource=None,
        network="203.0.113.0",
        address=None,
        agent=None,
        method=None,
        path=None,
        session=None,
        request="req_1",
        details={},
        reason=None,
        amended=False,
        gone=(),
        altered=False,
    )
    return replace(plain, **changes)


def written(folder: Path, format_: Format, *lines: Line) -> Path:
    path = folder / "file"
    with writer(format_, path, origin="gate.example.com/audit/default", version="1") as add:
        for line in lines:
            add(line)
    return path


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(tmp_path: Path, text: str) -> None:
    line = a_line(agent=text, handle=text)
    with written(tmp_path, "csv", line).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["agent"], row["handle"]) == (f"'{text}", f"'{text}")
    with zipfile.ZipFile(written(tmp_path, "xlsx", line)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.casefold().replace("hyperlink(1)", "")


@pytest.mark.parametrize("text", ["안은주", "Mozilla/5.0 (X11; a=b)", "2026-11-21", "user:01K", ""])
def test_other_text_stays_as_it_is(tmp_path: Path, text: str) -> None:
    with written(tmp_path, "csv", a_line(agent=text)).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["agent"] == text


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_table_without_lines_has_its_head(tmp_path: Path, format_: Format) -> None:
    path = written(tmp_path, format_)
    if format_ == "csv":
        assert path.read_text("utf-8-sig").strip() == ",".join(f'"{name}"' for name in COLUMNS)
    else:
        with zipfile.ZipFile(path) as book:
            assert book.read("xl/worksheets/sheet1.xml").decode().count("<row ") == 1


def test_a_spreadsheet_goes_on_in_another_sheet_where_one_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "ROWS", 3)
    with zipfile.ZipFile(written(tmp_path, "xlsx", *[a_line(idx=number) for number in range(5)])) as book:
        sheets = [book.read(name).decode() for name in sorted(book.namelist()) if name.startswith("xl/worksheets/sheet")]
    assert [sheet.count("<row ") for sheet in sheets] == [3, 3, 2]


@pytest.mark.parametrize("format_", ["csv", "jsonl", "ocsf", "xlsx"])
def test_memory_does_not_grow_with_the_lines(tmp_path: Path, format_: Format) -> None:
    def streamed(count: int) -> int:
        tracemalloc.start()
        with writer(format_, tmp_path / "file", origin="log", version="1") as add:
            for number in range(count):
                add(a_line(idx=number, agent=f"agent {number}"))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    streamed(10)  # what is loaded once
    assert streamed(2000) < streamed(200) + 300_000


@pytest.mark.parametrize(
    ("action", "class_", "activity"),
    [
        ("auth.login", 3002, 1),
        ("auth.logout", 3002, 2),
        ("account.signup", 3001, 1),
        ("account.password_change", 3001, 3),
        ("account.rename", 3001, 99),
        ("role.grant", 3001, 7),
        ("api_key.create", 6003, 1),
        ("job.download", 6003, 2),
        ("access", 6003, 99),
        ("", 6003, 99),
    ],
)
def test_actions_have_their_place_in_the_schema(action: str, class_: int, activity: int) -> None:
    assert classified(action) == (class_, activity)
    told = ocsf(a_line(action=action), origin="log", version="1")
    assert (told["category_uid"], told["class_uid"], told["type_uid"]) == (class_ // 1000, class_, class_ * 100 + activity)
    assert told["metadata"]["version"] == "1.3.0"
    assert told["time"] == 1795251600123
    assert told["severity_id"] == 1


def test_what_failed_and_what_was_altered_stand_out_in_a_siem() -> None:
    assert ocsf(a_line(outcome="failure"), origin="log", version="1")["status_id"] == 2
    assert ocsf(a_line(outcome="denied"), origin="log", version="1")["severity_id"] == 2
    assert ocsf(a_line(altered=True), origin="log", version="1")["severity_id"] == 4
    known = ocsf(a_line(address="203.0.113.9", agent="test/1", path="/auth/login"), origin="log", version="1")
    assert known["src_endpoint"] == {"ip": "203.0.113.9"}
    assert known["http_request"]["user_agent"] == "test/1"
