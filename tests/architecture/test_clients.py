"""Clients speak HTTP: they share no code with the house, and need nothing that they do not name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / "clients"
FILES = sorted(CLIENTS.rglob("*.py"))
PYTHON = CLIENTS / "python"
PROJECT = tomllib.loads((PYTHON / "pyproject.toml").read_text("utf-8"))["project"]


def name_of(file: Path) -> str:
    return file.relative_to(CLIENTS).as_posix()


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_client_imports_nothing_of_daemun(file: Path) -> None:
    assert "daemun" not in imported(file)


@pytest.mark.parametrize("file", sorted((PYTHON / "src").rglob("*.py")), ids=name_of)
def test_the_python_client_imports_only_what_it_names(file: Path) -> None:
    extra = PROJECT["optional-dependencies"]["verify"] if file.parent.name == "verify" else []
    named = {re.match(r"[\w-]+", each)[0] for each in [*PROJECT["dependencies"], *extra]}  # type: ignore[index]  # each has a name
    assert set(imported(file)) <= named | {"daemun_client"} | sys.stdlib_module_names


def test_the_python_client_has_one_dependency() -> None:
    assert len(PROJECT["dependencies"]) == 1


def test_the_client_without_its_extra_needs_no_joserfc() -> None:
    code = "import sys; sys.modules['joserfc'] = None; import daemun_client; assert not {'daemun', 'cryptography'} & sys.modules.keys()"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PYTHON / "src")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_version_a_client_names_is_its_own() -> None:
    assert f"daemun-client/{PROJECT['version']}" in (PYTHON / "src" / "daemun_client" / "calls.py").read_text("utf-8")


def test_its_licence_is_the_house_s() -> None:
    assert (PYTHON / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_no_file_of_a_client_holds_two_ideas() -> None:
    assert not {name_of(file): lines for file in FILES if (lines := file.read_text("utf-8").count("\n")) > 250}
