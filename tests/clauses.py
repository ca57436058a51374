"""Which tests show which clause: read from their docstrings ("Clause 26: …"), and written to the reference pages with what they came to."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
CLAUSES = ROOT / "src" / "daemun" / "app" / "doctor" / "clauses.toml"
CLAIM = re.compile(r"\bClauses? (\d+(?:(?:, | and )\d+)*)")
HEADS = {
    "en": (
        "# What the standards ask, and what shows it\n\n[한국어](clauses.ko.md)\n\n"
        "Made by `make clauses` from [clauses.toml](../../src/daemun/app/doctor/clauses.toml) and the tests themselves: "
        "each test names its clause in its first lines, "
        "and the result is that of the run which wrote this page. A clause without a test waits for a capability that is not built yet.\n\n"
        "| | Source | What it asks | Tests | Result |\n|--:|---|---|---|---|\n"
    ),
    "ko": (
        "# 표준이 요구하는 것, 그리고 그것을 보이는 시험\n\n[English](clauses.md)\n\n"
        "`make clauses`가 [clauses.toml](../../src/daemun/app/doctor/clauses.toml)과 시험에서 만듭니다. "
        "시험은 첫머리에 조항의 번호를 적고, 결과는 이 쪽을 쓴 실행의 것입니다. 시험이 없는 조항은 아직 없는 기능을 기다립니다.\n\n"
        "| | 출처 | 요구하는 것 | 시험 | 결과 |\n|--:|---|---|---|---|\n"
    ),
}
WORDS = {
    "en": {"passed": "passed", "failed": "FAILED", "skipped": "skipped", "waits": "waits for {waits}", "none": "**no test**"},
    "ko": {"passed": "통과", "failed": "실패", "skipped": "건너뜀", "waits": "{waits} 대기", "none": "**시험 없음**"},
}


def clauses() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(CLAUSES.read_text("utf-8"))["clause"]
    return found


def claimed(docstring: str | None) -> list[int]:
    return sorted({int(each) for claim in CLAIM.findall(docstring or "") for each in re.findall(r"\d+", claim)})


@cache
def claims() -> Mapping[int, Sequence[str]]:
    """By clause, `path::test` of every test that claims it, read from the source alone."""
    found: dict[int, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        if not CLAIM.search(text := file.read_text("utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for number in claimed(ast.get_docstring(node)):
                    found[number].append(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return MappingProxyType(found)


def page(language: str, results: Mapping[str, Sequence[str]]) -> str:
    by_clause = claims()
    return HEADS[language] + "".join(_row(language, each, by_clause.get(each["id"], []), results) for each in clauses())


def _row(language: str, clause: Mapping[str, Any], tests: Sequence[str], results: Mapping[str, Sequence[str]]) -> str:
    words = WORDS[language]
    if not tests:
        told = words["waits"].format(**clause) if "waits" in clause else words["none"]
        return f"| {clause['id']} | {clause['source']} | {clause[language]} | | {told} |\n"
    links = "<br>".join(f"[{test.partition('::')[2]}](../../{test.partition('::')[0]})" for test in tests)
    return f"| {clause['id']} | {clause['source']} | {clause[language]} | {links} | {_came_to(words, tests, results)} |\n"


def _came_to(words: Mapping[str, str], tests: Sequence[str], results: Mapping[str, Sequence[str]]) -> str:
    told = [each for test in tests for each in results.get(test, ())]
    counts = {outcome: told.count(outcome) for outcome in ("passed", "failed", "skipped") if outcome in told}
    return ", ".join(f"{words[outcome]} {count}" for outcome, count in counts.items()) or words["skipped"]


@dataclass(eq=False)  # pytest keeps its plugins in sets
class Writing:
    """The run that writes the pages, at its end."""

    alone: bool
    """Only tests that claim a clause take part."""
    results: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if not self.alone:
            return
        wanted = [each for each in items if claimed(getattr(getattr(each, "function", None), "__doc__", None))]
        config.hook.pytest_deselected(items=[each for each in items if each not in wanted])
        items[:] = wanted

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.results[report.nodeid.partition("[")[0]].append(report.outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
        for language, name in (("en", "clauses.md"), ("ko", "clauses.ko.md")):
            (REFERENCE / name).write_text(page(language, self.results), "utf-8")
