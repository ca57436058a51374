"""A reader who follows the tutorial and nothing else ends with a working application: its blocks are run as they are printed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from tests.server.running import PATIENCE, environment, free_port

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("first-gate.ko.md", "first-gate.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
END = "__the block has ended__"


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / "docs" / "tutorials" / page).read_text("utf-8"))


def bare(code: str) -> str:
    """Without what is said to people."""
    return re.sub(r"\"[^\"\n]*\"", '""', code)


@dataclass(slots=True)
class Reader:
    """Two terminals in one folder: one for the server, one for everything else."""

    folder: Path
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    shell: subprocess.Popen[str] | None = None
    said: str = ""

    def follow(self, kind: str, text: str) -> None:
        if kind == "python":
            name = re.match(r"# (\S+\.py)\n", text)
            assert name, text
            (self.folder / name[1]).write_text(text, "utf-8")
        elif kind == "sh":
            self.type(text.replace("localhost:8000", f"localhost:{self.port}"))
        else:
            wanted = ".*".join(re.escape(part) for part in text.strip().split("…"))
            assert re.fullmatch(wanted, self.said.strip(), re.S), f"{self.said}\nis not what is printed:\n{text}"

    def type(self, text: str) -> None:
        if "uvicorn" in text:
            self.restart(text.strip())
        elif "pip install" not in text:
            self.said = self.answered(text)

    def answered(self, text: str) -> str:
        assert self.shell is not None and self.shell.stdin is not None and self.shell.stdout is not None
        self.shell.stdin.write(f"{text}\necho; echo {END}\n")
        self.shell.stdin.flush()
        said: list[str] = []
        for line in self.shell.stdout:
            if line == f"{END}\n":
                return "".join(said)
            said.append(line)
        raise AssertionError(f"{text}\nfailed, after it had said:\n{''.join(said)}")

    def restart(self, command: str) -> None:
        self.stop()
        with (self.folder / "server.log").open("ab") as log:
            words = ["bash", "-c", f"{command} --port {self.port}"]
            self.server = subprocess.Popen(words, cwd=self.folder, env=environment(), stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.server.poll() is None, self.log
            try:
                if httpx2.get(f"http://localhost:{self.port}/readyz", timeout=5).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError(self.log)

    def stop(self) -> None:
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGINT)
            self.server.wait(PATIENCE)

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text("utf-8")


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """Installing is not repeated: the folder has the environment of these tests, in which Daemun is installed."""
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    with subprocess.Popen(
        ["bash", "-eu"], cwd=folder, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as shell:
        reader = Reader(folder, shell=shell)
        try:
            yield reader
        finally:
            shell.kill()
            reader.stop()


def test_both_languages_have_the_same_blocks() -> None:
    korean, english = (blocks(page) for page in PAGES)
    assert [(kind, bare(text)) for kind, text in korean if kind != "json"] == [
        (kind, bare(text)) for kind, text in english if kind != "json"
    ]
    assert [kind for kind, _ in korean] == [kind for kind, _ in english]


@pytest.mark.processes
@pytest.mark.parametrize("page", PAGES)
def test_whoever_follows_the_tutorial_has_a_working_application(page: str, tmp_path: Path) -> None:
    with reading(tmp_path) as reader:
        for kind, text in blocks(page):
            reader.follow(kind, text)
        assert re.search(r"user:\w{26} wrote \d+ letters", reader.log)
        assert "Traceback" not in reader.log
