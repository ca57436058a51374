"""What the help of the commands says is said in both languages, and can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from daemun.cli.main import app

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES = {name: (FOLDER / name).read_text("utf-8") for name in ("cli.md", "cli.ko.md")}
EXAMPLES = sorted(set(re.findall(r"(?m)^daemun .+$", PAGES["cli.md"])))


@pytest.mark.parametrize("name", PAGES)
def test_every_command_says_in_both_languages_what_it_does(name: str) -> None:
    silent = [part.partition("\n")[0] for part in PAGES[name].split("\n## ")[1:] if re.fullmatch(r"[^\n]*\n*", part)]
    assert not silent
    assert "|  |" not in PAGES[name]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_can_be_typed(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command: object = typer.main.get_command(app)
    _, *words = shlex.split(example.partition(" > ")[0])
    monkeypatch.chdir(tmp_path)
    for word in words:
        if re.fullmatch(r"[\w-]+\.(zip|csv|json|jsonl)", word):
            (tmp_path / word).touch()  # what an earlier command of the reader left there
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    assert isinstance(command, TyperCommand)
    command.make_context(example, words)
