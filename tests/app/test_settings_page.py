"""The reference page of the settings is what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemun.app.settings import Settings
from daemun.app.settings_page import page
from daemun.cli.settings import ask_all
from daemun.core.circumstance import Language

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(("language", "name"), [("ko", "settings.ko.md"), ("en", "settings.md")])
def test_the_page_is_written_from_the_code(language: Language, name: str) -> None:
    settings = Settings.load(environ={}, cwd=Path("/srv/daemun"))
    ask_all(settings)
    assert (PAGES / name).read_text("utf-8") == page(settings, language), f"daemun settings --page {language} > docs/reference/{name}"
