"""The generated pages are what the code says, and everything they list has its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripts.reference.events import sentence_code
from scripts.reference.pages import PAGES, ROOT, written
from scripts.reference.source import Source, built
from scripts.reference.wording import file_of

from daemun.app.settings import Settings
from daemun.cli.settings import ask_all
from daemun.web.catalogue import LANGUAGES

NAMES = [*(f"docs/reference/{file_of(name, language)}" for name in PAGES for language in LANGUAGES), ".env.example"]


@pytest.fixture(scope="module")
def source() -> Iterator[Source]:
    with built() as found:
        yield found


@pytest.fixture(scope="module")
def expected(source: Source) -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): text for path, text in written(source)}


@pytest.mark.parametrize("name", NAMES)
def test_a_generated_page_is_what_the_code_says(expected: dict[str, str], name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == expected[name], f"{name} is out of step: run `make reference` and commit what it writes"


def test_every_event_has_its_sentence_in_both_languages(source: Source) -> None:
    codes = {sentence_code(kind) for feature in source.house.features for kind in feature.events}
    for language in LANGUAGES:
        missing = codes - source.house.pages.catalogue.sentences[language].keys()
        assert not missing, f"locale/{language}.toml of whoever publishes it needs {sorted(missing)}"


def test_a_sentence_of_an_event_has_its_event(source: Source) -> None:
    codes = {sentence_code(kind) for feature in source.house.features for kind in feature.events}
    told = {each for each in source.house.pages.catalogue.sentences["ko"] if each.startswith("event_")}
    assert told <= codes


def test_the_settings_command_shows_every_section_that_a_house_asks_for(source: Source, tmp_path: Path) -> None:
    settings = Settings.load(environ={}, cwd=tmp_path)
    ask_all(settings)
    assert settings.asked.keys() == source.house.settings.asked.keys()
