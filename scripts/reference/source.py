"""What the pages are written from: the whole product, built and not opened."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI

import daemun
from daemun.app.build import House, build
from daemun.app.inside import inside
from daemun.app.settings import Settings
from daemun.core.circumstance import Language

NO_MODULES = ("daemun.__main__", "daemun.adapters.alembic")


@dataclass(frozen=True, slots=True)
class Source:
    app: FastAPI
    house: House

    def say(self, language: Language, code: str) -> str:
        return self.house.pages.catalogue.say(language, code)


@contextmanager
def built() -> Iterator[Source]:
    """In a folder of its own and with nothing set, so that the pages are the same on every machine."""
    with TemporaryDirectory() as folder:
        house = build(Settings.load(flags={"data": f"{folder}/data"}, environ={}, cwd=Path(folder)))
        yield Source(inside(house), house)


def everything_imported() -> None:
    """Only then is every refusal known: some belong to modules that no server imports."""
    for module in pkgutil.walk_packages(daemun.__path__, "daemun."):
        if not module.name.startswith(NO_MODULES):
            importlib.import_module(module.name)


def room(module: str) -> str:
    """The capability that a module belongs to: `daemun.features.signin.errors` is `signin`'s."""
    parts = module.split(".")
    return parts[2] if parts[1] in ("features", "tools", "adapters") else parts[1]
