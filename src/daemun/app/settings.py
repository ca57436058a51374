"""Settings, read once at the start: every section, where each value comes from, and all that is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from daemun.app.core_settings import CoreSettings
from daemun.app.parsing import Sentence
from daemun.app.section import Entry, Section, read
from daemun.app.sources import PREFIX, Layer, Sources, gather
from daemun.core.circumstance import Language
from daemun.core.setting import Profile, setting

__all__ = ["CoreSettings", "Settings", "SettingsError"]

S = TypeVar("S")
INTERNAL = frozenset({"DAEMUN_FLAGS"})
"""How the command line's flags reach the workers: not a setting, and not a mistake."""


class SettingsError(Exception):
    """The start stops, and says everything that is wrong at once."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        self.sentences = tuple(dict.fromkeys(sentences))
        super().__init__("\n".join(f"{each.ko}\n{each.en}" for each in self.sentences))

    def said(self, language: Language) -> str:
        return "\n".join(each.said(language) for each in self.sentences)


@dataclass(frozen=True, slots=True)
class Settings:
    """Ask for every section, then call `check`: a misspelt name is known as such only when all the right ones are."""

    core: CoreSettings
    sources: Sources = field(repr=False)
    asked: dict[str, Section[Any]] = field(repr=False)
    noticed: list[Sentence] = field(default_factory=list, repr=False)

    @classmethod
    def load(cls, flags: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
        """Reads the sources. Flags are named as settings are: `port`, `sessions.idle`. Raises nothing: see `check`."""
        sources = gather(flags or {}, os.environ if environ is None else environ, (cwd or Path.cwd()).absolute())
        core = read(sources, "", CoreSettings, _profile(sources))
        return cls(core.values, sources, {"": core})

    @property
    def secrets_dir(self) -> Path:
        """The folder of everything that is secret and kept in files."""
        return self.core.secrets_dir or self.core.data / "secrets"

    def section(self, name: str, cls: type[S]) -> S:
        """A capability's own section, from `[name]`, `DAEMUN_NAME__…` and the other names its fields declare."""
        found = self.asked.get(name)
        if found is None:
            found = read(self.sources, name, cls, self.core.profile)
            self._claim(name, found)
        if not isinstance(found.values, cls):
            raise TypeError(f"section {name!r} is {type(found.values).__name__} already")
        return found.values

    def effective(self) -> list[Entry]:
        """Every setting of every section asked for, as it is in force."""
        return [entry for section in self.asked.values() for entry in section.entries]

    def wrong(self) -> list[Sentence]:
        """What is wrong in the sources and the sections asked for so far."""
        return [*self.sources.wrong, *(sentence for section in self.asked.values() for sentence in section.wrong)]

    def unknown(self) -> list[Sentence]:
        """Names that are nobody's. Meant for when all sections were asked for."""
        known = self._known()
        ours = ((layer, name) for layer in self.sources.layers for name in layer.values if name.upper().startswith(PREFIX))
        return [_unknown(layer, name, known) for layer, name in ours if name not in known | INTERNAL]

    def warnings(self) -> list[Sentence]:
        """What does not stop the start, and ought to be changed."""
        said = [sentence for section in self.asked.values() for sentence in section.warnings]
        return list(dict.fromkeys([*said, *self.misspelt(), *self.noticed]))

    def misspelt(self) -> list[Sentence]:
        """Names that may be another program's, and may be ours."""
        return list(_misspelt_prefixes(self.sources, self._known()))

    def notice(self, sentence: Sentence) -> None:
        """Adds a warning."""
        self.noticed.append(sentence)

    def check(self) -> None:
        """Stops the start when anything is wrong or unknown. To be called once, when all sections were asked for."""
        if found := [*self.wrong(), *self.unknown()]:
            raise SettingsError(found)

    def _known(self) -> frozenset[str]:
        return frozenset(name for section in self.asked.values() for name in section.known)

    def _claim(self, name: str, section: Section[Any]) -> None:
        for other, asked in self.asked.items():
            if both := asked.known & section.known:
                raise TypeError(f"sections {other!r} and {name!r} both claim {sorted(both)}")
        self.asked[name] = section


@dataclass(frozen=True, slots=True)
class _ProfileOnly:
    profile: Profile = setting("dev", ko="", en="")


def _profile(sources: Sources) -> Profile:
    """Read first, because the defaults of all else depend on it. One that cannot be read is judged as the strictest."""
    section = read(sources, "", _ProfileOnly, "dev")
    return "prod" if section.wrong else section.values.profile


def _unknown(layer: Layer, name: str, known: Iterable[str]) -> Sentence:
    near = get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.6)
    where = f"{layer.place} {layer.spelled(name)}"
    if not near:
        return Sentence(f"{where}: 모르는 설정입니다.", f"{where} is no setting that is known.")
    meant = layer.spelled(near[0])
    return Sentence(f"{where}: 모르는 설정입니다. {meant}을(를) 뜻했습니까?", f"{where} is no setting that is known. Did you mean {meant}?")


def _misspelt_prefixes(sources: Sources, known: Iterable[str]) -> Iterator[Sentence]:
    """`DAEMON_PORT` may be another program's; it may also be ours, written from memory."""
    rests = {name.removeprefix(PREFIX) for name in known}
    for layer in sources.layers:
        for name in layer.values:
            prefix, _, rest = name.partition("_")
            if rest in rests and prefix != "DAEMUN" and SequenceMatcher(None, prefix.upper(), "DAEMUN").ratio() > 0.7:
                yield Sentence(
                    f"{layer.place} {name}: {PREFIX}{rest}을(를) 뜻했습니까?", f"{layer.place} {name}: did you mean {PREFIX}{rest}?"
                )
