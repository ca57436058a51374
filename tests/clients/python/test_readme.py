"""The snippets on the client's pages run as they stand, against a real server."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.running import environment, running

CLIENT = Path(__file__).resolve().parents[3] / "clients" / "python"
PAGES = ("README.md", "README.ko.md")


def snippets(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (CLIENT / page).read_text("utf-8"), re.S)


def bare(code: str) -> str:
    """Without what is said to people."""
    return re.sub(r'"[^"]*"', '""', code)


def test_both_languages_show_the_same_code() -> None:
    english, korean = (snippets(page) for page in PAGES)
    assert len(english) == 6
    assert [bare(each) for each in english] == [bare(each) for each in korean]


@pytest.mark.processes
@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_run_one_after_the_other(page: str, tmp_path: Path) -> None:
    with running(tmp_path) as server:
        code = [each.replace("https://auth.example.com", server.url) for each in snippets(page)]
        told = [run(each, tmp_path).splitlines() for each in code]
    assert told[0] == ["hong_gildong", "200"]
    assert told[1] == ["{'hong_gildong'}"]
    assert told[2][0].startswith("401 wrong_credentials ")
    assert told[3] == [{"README.md": "Hong Gildong", "README.ko.md": "홍길동"}[page]]
    assert told[4] == [{"README.md": "make another key", "README.ko.md": "키를 새로 만드십시오"}[page]]
    assert told[5] == ["401"]
    assert (tmp_path / ".config" / "mytool" / "tokens.json").stat().st_mode & 0o777 == 0o600


def run(code: str, home: Path) -> str:
    """As a reader would, with the client alone on the path."""
    more = {"PYTHONPATH": str(CLIENT / "src"), "HOME": str(home), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment() | more, cwd=home, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout
