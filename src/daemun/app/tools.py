"""Tools are found, not listed: in the package, by entry point, and by name in the settings."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from daemun import tools
from daemun.app.parsing import Sentence
from daemun.app.settings import Settings, SettingsError
from daemun.core.collect import modules_in
from daemun.plugin import Feature, Job, Jobs, Plug, S, Unavailable

ENTRY_POINTS = "daemun.tools"


class NoJobs:
    """Where tools are only looked at."""

    def submit(self, *_told: Any, **_more: Any) -> Job:
        raise Unavailable


@dataclass(frozen=True, slots=True)
class ToolKit:
    settings: Settings
    data: Path
    jobs: Jobs

    def section(self, name: str, cls: type[S]) -> S:
        return self.settings.section(name, cls)


def found(names: Iterable[str]) -> Iterator[tuple[str, Plug]]:
    """Every tool by its module's name. One that cannot be imported stops the start: half a product is worse."""
    modules = [*modules_in(tools), *(_imported(name) for name in names)]
    yield from ((module.__name__, _plug_of(module)) for module in modules)
    yield from ((point.name, point.load()) for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name))


def plugged(settings: Settings, brought: Iterable[Plug | Feature] = (), jobs: Jobs | None = None) -> tuple[Feature, ...]:
    """`brought`: by the application we are installed in, beside those that are found."""
    jobs = jobs or NoJobs()
    features = tuple(plug(_kit(settings, jobs, name)) for name, plug in found(settings.core.tools))
    return (*features, *(each if isinstance(each, Feature) else each(_kit(settings, jobs, each.__module__)) for each in brought))


def _kit(settings: Settings, jobs: Jobs, name: str) -> ToolKit:
    return ToolKit(settings, settings.core.data / "tools" / name.rpartition(".")[2], jobs)


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # it is there, and misses something itself
        raise SettingsError([Sentence(f"DAEMUN_TOOLS: {name} 모듈이 없습니다.", f"DAEMUN_TOOLS: there is no module {name}.")]) from error


def _plug_of(module: ModuleType) -> Plug:
    plug = getattr(module, "plug", None)
    if plug is None:
        name = module.__name__
        raise SettingsError(
            [Sentence(f"DAEMUN_TOOLS: {name} 모듈에는 plug(kit)가 없습니다.", f"DAEMUN_TOOLS: the module {name} has no plug(kit).")]
        )
    return plug  # type: ignore[no-any-return]  # a module's attribute has no type
