"""What is said to the operator where no catalogue is at hand. Pure."""

from __future__ import annotations

from typing import NamedTuple

from daemun.core.circumstance import Language


class Sentence(NamedTuple):
    """One sentence in both languages."""

    ko: str
    en: str

    def said(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en
