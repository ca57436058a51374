"""A reader who has only the page checks a proof with it: with our modules, and with none of them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs" / "explanation"
PAGES = ("audit-proofs.md", "audit-proofs.ko.md")


def block(page: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)
    assert found is not None
    return found[1]


def told(command: list[str], folder: Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=folder).stdout


@pytest.mark.parametrize("language", ["python", "sh"])
def test_both_pages_show_the_same_steps(language: str) -> None:
    assert block(PAGES[0], language) == block(PAGES[1], language)


def test_the_steps_with_our_modules_work_when_pasted(tmp_path: Path) -> None:
    assert told([sys.executable, "-c", block(PAGES[0], "python")], tmp_path) == "audit_not_included\n"


def test_the_steps_by_hand_work_when_pasted(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, and the steps by hand are told with it")
    root, verified = told(["sh", "-eu", "-c", block(PAGES[0], "sh")], tmp_path).splitlines()
    assert root == "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="
    assert verified == "Signature Verified Successfully"
