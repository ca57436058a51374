"""The reference page of the commands is what their help says, and what the help says can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from daemun.cli.main import app
from daemun.cli.page import page
from daemun.core.circumstance import Language

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference"
EXAMPLES = sorted(set(re.findall(r"(?m)^daemun .+$", page("en"))))


@pytest.mark.parametrize(("language", "name"), [("ko", "cli.ko.md"), ("en", "cli.md")])
def test_the_page_is_written_from_the_help(language: Language, name: str) -> None:
    assert (PAGES / name).read_text("utf-8") == page(language), f"python -m daemun.cli.page {language} > docs/reference/{name}"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_command_says_in_both_languages_what_it_does(language: Language) -> None:
    silent = [part.partition("\n")[0] for part in page(language).split("\n## ")[1:] if re.fullmatch(r"[^\n]*\n*", part)]
    assert not silent
    assert "| | " not in page(language)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_can_be_typed(example: str) -> None:
    command: object = typer.main.get_command(app)
    _, *words = shlex.split(example)
    while isinstance(command, TyperGroup):
        command = command.commands[words.pop(0)]
    assert isinstance(command, TyperCommand)
    command.make_context(example, words)
