"""Which pages there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from scripts.reference import commands, doctor, errors, events, http, metrics, permissions, settings
from scripts.reference.source import Source
from scripts.reference.wording import file_of

from daemun.app.env_example import env_example
from daemun.core.circumstance import Language
from daemun.web.catalogue import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"
PAGES: Mapping[str, Callable[[Source, Language], str]] = {
    "settings": settings.page,
    "cli": commands.page,
    "http": http.page,
    "errors": errors.page,
    "permissions": permissions.page,
    "events": events.page,
    "doctor": doctor.page,
    "metrics": metrics.page,
}


def written(source: Source) -> Iterator[tuple[Path, str]]:
    """Every generated file with what belongs in it."""
    for name, page in PAGES.items():
        for language in LANGUAGES:
            yield FOLDER / file_of(name, language), page(source, language)
    yield ROOT / ".env.example", env_example(source.house.settings)
