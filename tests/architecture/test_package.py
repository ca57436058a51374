"""Installed as a package it does the same: everything it needs is in the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest
from tests.server.running import Server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
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


def test_every_file_of_the_house_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        each.relative_to(ROOT / "src").as_posix()
        for each in (ROOT / "src" / "daemun").rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }
    assert wanted <= packed
    assert any(each.endswith("licenses/NOTICE") for each in packed)


def test_it_serves_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    server = Server(tmp_path, more={"PYTHONPATH": str(tmp_path / "site")})
    server.start()
    try:
        server.wait()
        assert httpx2.get(f"{server.url}/docs").status_code == 200
        assert str(tmp_path) in Path(f"/proc/{server.process.pid if server.process else 0}/environ").read_text()
    finally:
        server.kill()
