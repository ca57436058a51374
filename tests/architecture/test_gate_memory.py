"""Whatever changes what the gate would answer says so: derived from the gate's own question, so that nobody has to remember it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from daemun.features.signin.recognise import WHO, WHOSE

SOURCE = Path(__file__).resolve().parents[2] / "src" / "daemun"
QUESTION = f"{WHO.sql('sqlite')} {WHO.sql('postgresql')} {WHOSE.sql('sqlite')} {WHOSE.sql('postgresql')}"
TABLES = set(re.findall(r"\b(?:FROM|JOIN)\s+(daemun_\w+)", QUESTION))
COLUMNS = {table: set(re.findall(rf"\b{table}\.(\w+)", QUESTION)) for table in TABLES}
WRITES = {"update", "delete", "insert", "sqlite_insert", "postgres_insert", "make"}
UNTOLD = {
    "features/sessions/store.py:add": "a row that was not there: only a yes is remembered, and nobody had one",
    "features/identity/store.py:add": "a row that was not there",
    "features/identity/settling/store.py:add": "rows that were not there",
    "features/sessions/store.py:touch": "an answer whose use is due is not remembered, and use within a minute changes no answer",
    "features/sessions/store.py:sweep": "what has ended long ago was answered no before, and is now",
}
"""What writes to those tables and changes no answer that can be remembered, and why. The machine beside the gate's memory proves it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A function that writes to a table of the question, with all that it calls and names."""

    where: str
    sets: frozenset[str]
    sets_what_it_is_given: bool
    tells: bool

    def touches(self, asked: set[str]) -> bool:
        return self.sets_what_it_is_given or bool(self.sets & asked)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def tables_in(tree: ast.Module) -> dict[str, str]:
    """The names by which a module knows tables: its own, and those it imports from its room's store."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and called(node.value) == "Table":
            named = node.value.args[0]
            if isinstance(named, ast.Constant) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = str(named.value)
    return found


def written(node: ast.AST, tables: dict[str, str]) -> Iterator[str]:
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        if called(call) in WRITES and call.args and isinstance(call.args[0], ast.Name) and call.args[0].id in tables:
            yield tables[call.args[0].id]


def deeds() -> dict[str, list[Deed]]:
    """By table."""
    found: dict[str, list[Deed]] = {table: [] for table in TABLES}
    trees = {file: ast.parse(file.read_text("utf-8")) for file in sorted(SOURCE.rglob("*.py")) if "migrations" not in file.parts}
    everywhere = {name: table for tree in trees.values() for name, table in tables_in(tree).items() if table in TABLES}
    for file, tree in trees.items():
        prepared = {
            target.id: table
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
            for table in written(node, everywhere)
        }
        prepared |= {
            target.id: prepared[name.id]
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
            for name in ast.walk(node.value)
            if isinstance(name, ast.Name) and name.id in prepared
        }
        for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)):
            reached = set(written(function, everywhere))
            reached |= {prepared[each.id] for each in ast.walk(function) if isinstance(each, ast.Name) and each.id in prepared}
            for table in reached:
                found[table].append(deed(f"{file.relative_to(SOURCE).as_posix()}:{function.name}", function))
    return found


def deed(where: str, function: ast.AST) -> Deed:
    calls = [each for each in ast.walk(function) if isinstance(each, ast.Call)]
    values = [each for each in calls if called(each) == "values"]
    sets = frozenset(keyword.arg for each in values for keyword in each.keywords if keyword.arg)
    # A delete, a precompiled statement, or values that come from elsewhere: it may be anything.
    open_ended = not values or any(each.args or any(keyword.arg is None for keyword in each.keywords) for each in values)
    deletes = any(called(each) == "delete" for each in calls)
    return Deed(where, sets, open_ended or deletes, any(called(each) == "changes" for each in calls))


DEEDS = deeds()


def test_the_question_is_asked_of_the_tables_that_are_looked_at_here() -> None:
    assert {"daemun_session_families", "daemun_users", "daemun_user_roles", "daemun_roles"} == TABLES
    assert {"ended_at", "idle_until", "token_hash", "aal"} <= COLUMNS["daemun_session_families"]
    assert {"status", "handle", "email"} <= COLUMNS["daemun_users"]
    assert all(DEEDS.values()), "a table that nobody writes to was found: the search for writers is blind"


@pytest.mark.parametrize("table", sorted(TABLES))
def test_whoever_changes_an_answer_tells_the_memory(table: str) -> None:
    silent = {each.where for each in DEEDS[table] if each.touches(COLUMNS[table]) and not each.tells}
    assert not silent - UNTOLD.keys(), "these change what the gate asks for, and say so to nobody: work.changes(user_id)"


def test_every_exception_is_still_needed() -> None:
    silent = {each.where for table, found in DEEDS.items() for each in found if each.touches(COLUMNS[table]) and not each.tells}
    assert UNTOLD.keys() <= silent


def test_these_tables_are_written_by_statements_that_can_be_seen() -> None:
    """A statement in plain text would pass by the search above."""
    hidden = re.compile(rf"(?i)\b(?:UPDATE|DELETE\s+FROM|INSERT\s+INTO)\s+(?:{'|'.join(TABLES)})\b")
    found = [file for file in SOURCE.rglob("*.py") if "migrations" not in file.parts and hidden.search(file.read_text("utf-8"))]
    assert not found
