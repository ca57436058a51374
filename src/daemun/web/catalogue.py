"""Code carries codes; catalogues carry the sentences, in Korean and English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from daemun.core.circumstance import Language

LANGUAGES: tuple[Language, ...] = ("ko", "en")


@dataclass(frozen=True, slots=True)
class Catalogue:
    sentences: Mapping[Language, Mapping[str, str]]

    @classmethod
    def read(cls, folders: Iterable[Path]) -> Catalogue:
        """Merges `ko.toml` and `en.toml` of each folder. The same code twice stops the start."""
        merged: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for folder in folders:
            for language in LANGUAGES:
                added = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
                if twice := merged[language].keys() & added.keys():
                    raise ValueError(f"{folder}: {sorted(twice)} have their sentence already")
                merged[language].update(added)
        return cls(merged)

    def say(self, language: Language, code: str, data: Mapping[str, object] | None = None) -> str:
        """The sentence for a code. A code without one says itself, so that an answer is never lost for want of words."""
        sentence = self.sentences[language].get(code, code)
        try:
            return sentence.format_map(data or {})
        except (KeyError, IndexError):
            return sentence


def preferred(accept_language: str) -> Language:
    """Korean unless English is asked for more."""
    weights: dict[str, float] = {}
    for part in accept_language.split(","):
        tag, _, parameters = part.partition(";")
        base = tag.strip().lower().partition("-")[0]
        if base in LANGUAGES:
            weights[base] = max(weights.get(base, 0.0), _weight(parameters))
    return "en" if weights.get("en", 0.0) > weights.get("ko", 0.0) else "ko"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
