"""Installed as a package it does the same: everything it needs is in the wheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

import httpx2
import pytest
from tests.server.running import Server

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes


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
