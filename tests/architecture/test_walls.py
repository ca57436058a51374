"""The walls hold: each kind of breach, planted in a scratch copy, is caught."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BREACHES = {
    "core imports a port": ("core/ids.py", "import daemun.ports.system"),
    "core does I/O": ("core/ids.py", "import sqlalchemy"),
    "core asks the clock": ("core/ids.py", "import time"),
    "a port imports the web": ("ports/system.py", "import daemun.web.visit"),
    "the web imports a feature": ("web/gate.py", "import daemun.features.identity"),
    "an adapter imports the web": ("adapters/sinks/files.py", "import daemun.web.catalogue"),
    "an adapter imports a feature": ("adapters/sinks/files.py", "import daemun.features.audit"),
    "a feature imports its neighbour": ("features/identity/service.py", "import daemun.features.access"),
    "a feature imports an adapter": ("features/identity/service.py", "import daemun.adapters.system"),
    "a feature imports a joiner": ("features/access/service.py", "import daemun.features.signin"),
    "a joiner goes past the front door": ("features/signin/flows/login.py", "import daemun.features.identity.store"),
    "the application goes past a front door": ("app/build.py", "import daemun.features.access.store"),
    "a tool imports the web": ("tools/stocks/__init__.py", "import daemun.web.visit"),
    "a tool imports the core": ("tools/stocks/__init__.py", "import daemun.core.ids"),
    "a tool imports a feature": ("tools/stocks/__init__.py", "import daemun.features.identity"),
    "the application imports the server": ("app/build.py", "import daemun.server"),
    "a pure module asks the dice": ("features/identity/passwords.py", "import secrets"),
    "a pure module asks the database": ("features/sessions/tokens.py", "import daemun.ports.database"),
    "a pure module knows the framework": ("features/access/roles.py", "import fastapi"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(folder / "src")}
    )


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.bin", "static"))
    shutil.copytree(ROOT / "tests" / "architecture", tmp_path / "tests" / "architecture", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_as_it_is_breaks_no_contract(scratch: Path) -> None:
    done = lint(scratch)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_caught(scratch: Path, breach: str) -> None:
    name, line = BREACHES[breach]
    file = scratch / "src" / "daemun" / name
    head, mark, tail = file.read_text("utf-8").partition("from __future__ import annotations\n")
    file.write_text(f"{head}{mark}{line}\n{tail}" if mark else f"{head}\n{line}\n", "utf-8")
    done = lint(scratch)
    assert done.returncode == 1, f"{breach} went unnoticed\n{done.stdout}"
    assert "BROKEN" in done.stdout


def test_a_folder_that_no_contract_knows_is_noticed(scratch: Path) -> None:
    folder = scratch / "src" / "daemun" / "features" / "shadow"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    assert lint(scratch).returncode == 1
