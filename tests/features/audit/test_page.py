"""A reader who has only the page checks a proof with it: with our modules, and with none of them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.features.audit.logged import settled
from tests.house import a_house, a_member

from daemun.features.audit import export_log, writing

DOCS = Path(__file__).resolve().parents[3] / "docs" / "explanation"
STEPS = {"python": ("check_proof", "verify_bundle"), "sh": ("openssl", "audit verify", "audit export", "audit witness")}
PAGES = ("audit-proofs.md", "audit-proofs.ko.md")


def block(page: str, language: str, having: str = "") -> str:
    """The one that speaks of `having`."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.S)
    return next(each for each in found if having in each)


def told(command: list[str], folder: Path, **environment: str) -> str:
    known = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=folder, env=known).stdout


@pytest.mark.parametrize("language", ["python", "sh"])
def test_both_pages_show_the_same_steps(language: str) -> None:
    for having in STEPS[language]:
        assert block(PAGES[0], language, having) == block(PAGES[1], language, having)


async def test_a_reader_of_the_page_verifies_a_log_that_was_written_out_elsewhere(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path / "there") as house:
        await a_member(house.client())
        audit = await settled(house)
        key = audit.signing.signer.key(audit.origin)
        with writing(tmp_path / "log.zip") as write:
            export_log(audit.ledger, [key], write)
    here = tmp_path / "here"
    here.mkdir()
    shutil.move(tmp_path / "log.zip", here)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    shown = told(["sh", "-eu", "-c", block(PAGES[0], "sh", "audit verify")], here, KEY=str(key), PATH=path, LANG="en_US.UTF-8")
    assert shown.rstrip().endswith("Unchanged.")
    assert told([sys.executable, "-c", block(PAGES[0], "python", "verify_bundle")], here, KEY=str(key)) == "unchanged\n"


def test_the_steps_with_our_modules_work_when_pasted(tmp_path: Path) -> None:
    assert told([sys.executable, "-c", block(PAGES[0], "python", "check_proof")], tmp_path) == "audit_not_included\n"


def test_the_steps_by_hand_work_when_pasted(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, and the steps by hand are told with it")
    root, verified = told(["sh", "-eu", "-c", block(PAGES[0], "sh", "openssl")], tmp_path).splitlines()
    assert root == "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs="
    assert verified == "Signature Verified Successfully"
