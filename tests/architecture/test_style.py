"""Rules of the house that no import can break."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "daemun"
FILES = sorted(SOURCE.rglob("*.py"))
CLOCK_AND_DICE = {"now", "utcnow", "today", "time", "monotonic", "urandom", "token_bytes", "token_urlsafe", "token_hex", "uuid4", "random"}
ALLOWED_TO_ASK = {"adapters/system.py"}


def name_of(file: Path) -> str:
    return file.relative_to(SOURCE).as_posix()


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize(
    "file", [each for each in FILES if "features" in each.parts or "core" in each.parts or "web" in each.parts], ids=name_of
)
def test_time_and_chance_are_handed_in(file: Path) -> None:
    owners = {"datetime", "date", "time", "os", "secrets", "uuid", "random"}
    for call in calls(ast.parse(file.read_text("utf-8"))):
        if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCK_AND_DICE and isinstance(call.func.value, ast.Name):
            assert call.func.value.id not in owners, f"{name_of(file)}:{call.lineno} asks {call.func.value.id}.{call.func.attr}()"


@pytest.mark.parametrize("file", [each for each in FILES if "features" in each.parts and each.name != "store.py"], ids=name_of)
def test_sql_lives_in_the_store(file: Path) -> None:
    if "migrations" in file.parts:
        return
    imported = re.findall(r"^\s*(?:from|import) (sqlalchemy\S*|psycopg\S*|sqlite3)", file.read_text("utf-8"), re.M)
    assert not imported, f"{name_of(file)} imports {imported}"


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_importing_does_nothing(file: Path) -> None:
    """No engine, no file, no thread at the top of a module."""
    started = {"create_engine", "open", "Thread", "ThreadPoolExecutor", "connect", "getenv"}
    for statement in ast.parse(file.read_text("utf-8")).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
            for call in calls(statement):
                called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                assert called not in started, f"{name_of(file)}:{call.lineno} calls {called} when imported"


def test_every_code_has_its_sentence_in_both_languages() -> None:
    codes: dict[str, set[str]] = {"ko": set(), "en": set()}
    for file in SOURCE.rglob("locale/*.toml"):
        found = tomllib.loads(file.read_text("utf-8"))
        assert not codes[file.stem] & found.keys(), f"{file} says again what is said elsewhere"
        codes[file.stem] |= found.keys()
        for code, sentence in found.items():
            other = tomllib.loads(file.with_name("en.toml" if file.stem == "ko" else "ko.toml").read_text("utf-8"))
            assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", other.get(code, ""))), f"{file}: {code}"
    assert codes["ko"] == codes["en"]
    said = set(re.findall(r'^\s+code(?:: \w+(?:\[\w+\])?)? = "(\w+)"', "\n".join(each.read_text("utf-8") for each in FILES), re.M))
    said |= {each for file in FILES for each in flaws_in(ast.parse(file.read_text("utf-8")))}
    assert not {each for each in said if "_" in each} - codes["ko"] - {"daemun_"}


def flaws_in(tree: ast.AST) -> Iterator[str]:
    """The codes of flaws that are written out: where it is comes first, what it is second."""
    for call in calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id == "Flaw" and len(call.args) > 1:
            yield from (each.value for each in ast.walk(call.args[1]) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def test_no_file_holds_two_ideas() -> None:
    long = {name_of(file): lines for file in FILES if (lines := file.read_text("utf-8").count("\n")) > 300}
    assert not long
