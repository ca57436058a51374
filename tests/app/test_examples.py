"""The examples do what their pages say when their commands are pasted, in either language."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from tests.server.running import environment, free_port

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PAGES = ("README.md", "README.ko.md")
PATIENCE = 90.0
SAID = "said.log"


def blocks(example: str, page: str, language: str = "sh") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (EXAMPLES / example / page).read_text("utf-8"), re.S)


def bare(code: str) -> str:
    """Without what is said to people."""
    return re.sub(r'"name": "[^"]*"', "", code)


def pasted(code: str, folder: Path, **more: str) -> subprocess.Popen[bytes]:
    """In a shell at the root of the repository, as a reader would; only what is kept lies elsewhere."""
    told = environment() | {"DAEMUN_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", **more}
    # A reader's files lie where the reader stands: the test stands in a folder that shows the same.
    for name in (".venv", "examples"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    with (folder / SAID).open("w") as output:
        return subprocess.Popen(["bash", "-euc", code], cwd=folder, env=told, stdout=output, stderr=output, start_new_session=True)


def said(code: str, folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    shell = pasted(code, folder)
    assert shell.wait(PATIENCE) == 0, (folder / SAID).read_text()
    return (folder / SAID).read_text()


@contextmanager
def served(code: str, folder: Path, ready: str) -> Iterator[None]:
    shell = pasted(code, folder)
    try:
        _await(f"http://localhost:{ready}", shell, folder / SAID)
        yield
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(PATIENCE)


def _await(url: str, shell: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert shell.poll() is None, output.read_text()
        try:
            if httpx2.get(url, timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} never answered: {output.read_text()}")


@pytest.mark.parametrize("example", ["five_lines", "moved_users", "worker"])
def test_both_languages_give_the_same_commands(example: str) -> None:
    english, korean = (blocks(example, page) for page in PAGES)
    assert english
    assert [bare(each) for each in english] == [bare(each) for each in korean]
    for page in PAGES:
        links = re.findall(r"\]\(([^)\s]+)\)", (EXAMPLES / example / page).read_text("utf-8"))
        assert links
        assert not [link for link in links if not (EXAMPLES / example / link).exists()]


def test_the_five_lines_are_the_same_wherever_they_are_shown() -> None:
    code = (EXAMPLES / "five_lines" / "app.py").read_text("utf-8").partition('"""\n\n')[2]
    for page in ("README.md", "README.ko.md", "docs/guides/embed.md", "docs/guides/embed.ko.md"):
        assert f"```python\n{code}```" in (ROOT / page).read_text("utf-8"), page


def test_five_lines_greet_whoever_signs_up(tmp_path: Path) -> None:
    port = free_port()
    start, visit = (each.replace("8200", str(port)) for each in blocks("five_lines", "README.md"))
    with served(start, tmp_path, f"{port}/readyz"):
        refused, made, greeted = said(visit, tmp_path / "visitor").splitlines()
    assert '"code":"unauthenticated"' in refused
    assert '"user_id":"hong_gildong"' in made
    assert greeted == '{"hello":"Hong"}'


def test_people_who_moved_find_their_rows_by_the_password_they_had(tmp_path: Path) -> None:
    port = free_port()
    start, visit = (each.replace("8201", str(port)) for each in blocks("moved_users", "README.md"))
    with served(start, tmp_path, f"{port}/gate/readyz"):
        orders, count = said(visit, tmp_path / "visitor").splitlines()
    assert orders == '["green tea","a kettle"]'
    assert '"code":"denied"' in count
    moved = [line for line in (tmp_path / SAID).read_text().splitlines() if line.startswith("moved")]
    assert moved == ["moved: 2", "moved: 0"]


def test_a_worker_tells_what_it_did_as_the_system(tmp_path: Path) -> None:
    work, look = blocks("worker", "README.md")
    assert said(work, tmp_path) == "system: 0 newcomers\n"
    assert "report.count" in said(look, tmp_path)
