"""Devices, places and reasons as their reader calls them."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.core.address import local
from daemun.core.circumstance import Language
from daemun.plugin import Visit
from daemun.web.catalogue import Catalogue
from daemun.web.pages import Pages


@dataclass(frozen=True, slots=True)
class Words:
    catalogue: Catalogue
    language: Language

    @classmethod
    def of(cls, pages: Pages, visit: Visit) -> Words:
        return cls(pages.catalogue, visit.circumstance.language)

    def device(self, described: str) -> str:
        return described or self._say("device_unknown")

    def place(self, country: str | None, address: str | None) -> str | None:
        if country:
            return self._say(f"country_{country}")
        return self._say("place_local") if address and local(address) else None

    def reason(self, reason: str | None) -> str:
        """A reason that another capability has added is told as any failure."""
        code = f"login_reason_{reason}" if reason else "login_reason_none"
        return self._say(code if code in self.catalogue.sentences[self.language] else "login_reason_other")

    def _say(self, code: str) -> str:
        return self.catalogue.say(self.language, code)
