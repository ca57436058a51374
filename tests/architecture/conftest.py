"""The package as it is handed out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("uv is not beside the interpreter: `make test` brings it")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("src", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    command = [str(uv), "build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(target), str(source)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PATH": f"{uv.parent}:{os.environ['PATH']}"}
    )
    assert done.returncode == 0, done.stderr
    return next(target.glob("*.whl"))
