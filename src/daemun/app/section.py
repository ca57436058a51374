"""Reading one section: a frozen dataclass whose fields say what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar, get_type_hints, runtime_checkable

from daemun.app import guessable
from daemun.app.parsing import Sentence, Unreadable, holds_secret, is_several, may_be_none, parse, render
from daemun.app.sources import FILE, PREFIX, Given, Sources, Unusable, is_open_to_others
from daemun.core.secret import Secret
from daemun.core.setting import About, Profile, Unit

S = TypeVar("S")
OUR_KEYS: Final = frozenset({"encryption_key", "pepper", "shared_secret", "token"})
"""Fields, of whichever section, that hold a key of ours: a guessable one stops the start."""


@runtime_checkable
class Checked(Protocol):
    """A section that also knows which of its values do not go together, or not with a profile."""

    def wrong(self, profile: Profile) -> Iterable[tuple[str, str]]:
        """One (Korean, English) sentence for each."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as it is in force, fit to be shown: secrets are masked."""

    name: str
    env: str
    value: str
    default: str
    source: str
    about: About
    is_secret: bool


@dataclass(frozen=True, slots=True)
class Section(Generic[S]):
    values: S
    entries: tuple[Entry, ...]
    known: frozenset[str]
    wrong: tuple[Sentence, ...]
    warnings: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A field, and the names it is read from."""

    section: str
    field: Field[Any]
    kind: Any

    @property
    def about(self) -> About:
        found: About = self.field.metadata["about"]
        return found

    @property
    def name(self) -> str:
        return f"{self.section}.{self.field.name}" if self.section else self.field.name

    @property
    def env(self) -> str:
        return PREFIX + self.name.replace(".", "__").upper()

    @property
    def is_secret(self) -> bool:
        return holds_secret(self.kind)

    @property
    def own(self) -> tuple[str, ...]:
        return self._with_files(self.env, *(each.name for each in self.about.also if each.name.startswith(PREFIX)))

    @property
    def foreign(self) -> tuple[str, ...]:
        return self._with_files(*(each.name for each in self.about.also if not each.name.startswith(PREFIX)))

    def unit(self, name: str) -> Unit:
        return next((each.unit for each in self.about.also if each.name == name), "")

    def default(self, profile: Profile) -> tuple[Any, str]:
        """The value where none is given, and why it is that one."""
        if self.about.profiles is not None and profile in self.about.profiles:
            return self.about.profiles[profile], f"profile {profile}"
        factory = self.field.default_factory
        return self.field.default if factory is MISSING else factory(), "default"

    def _with_files(self, *names: str) -> tuple[str, ...]:
        return (*names, *(name + FILE for name in names)) if self.is_secret else names


@dataclass(frozen=True, slots=True)
class Settled:
    slot: Slot
    value: Any
    source: str
    wrong: tuple[Sentence, ...] = ()
    warnings: tuple[Sentence, ...] = ()

    def entry(self) -> Entry:
        slot = self.slot
        default = render(slot.default("dev")[0])
        return Entry(slot.name, slot.env, render(self.value), default, self.source, slot.about, slot.is_secret)


def read(sources: Sources, name: str, cls: type[S], profile: Profile) -> Section[S]:
    """The section with everything that is wrong in it; what cannot be read stands at its default, and the start stops later."""
    settled = [_settle(sources, slot, profile) for slot in slots(name, cls)]
    values = cls(**{each.slot.field.name: each.value for each in settled})
    wrong = [sentence for each in settled for sentence in each.wrong]
    failed = [each.slot.env for each in settled if each.wrong]
    judged = [Sentence(*pair) for pair in values.wrong(profile)] if isinstance(values, Checked) else []
    return Section(
        values,
        tuple(each.entry() for each in settled),
        frozenset(known for each in settled for known in each.slot.own),
        # What could not be read stands at its default: nobody wrote that, so it is not judged.
        (*wrong, *(sentence for sentence in judged if not any(env in sentence.en for env in failed))),
        tuple(sentence for each in settled for sentence in each.warnings),
    )


def slots(name: str, cls: type[object]) -> Iterator[Slot]:
    if not is_dataclass(cls):
        raise TypeError(f"{cls.__name__} is not a dataclass")
    kinds = get_type_hints(cls)
    for each in fields(cls):
        if "about" not in each.metadata:
            raise TypeError(f"{cls.__name__}.{each.name} says nothing of itself: declare it with daemun.core.setting.setting")
        yield Slot(name, each, kinds[each.name])


def _settle(sources: Sources, slot: Slot, profile: Profile) -> Settled:
    try:
        given = sources.find(slot.own, blank=is_several(slot.kind)) or sources.find(slot.foreign)
    except Unusable as error:
        return Settled(slot, *_default(sources, slot, profile), (error.sentence,))
    if given is None:
        return _unset(sources, slot, profile)
    try:
        value = _placed(sources, parse(slot.kind, given.text, slot.unit(given.name)))
    except Unreadable as error:
        return Settled(slot, *_default(sources, slot, profile), (_unreadable(slot, given, error.expected),))
    wrong, warnings = _exposure(slot, given, profile)
    return Settled(slot, value, given.source, (*_guessed(slot, given, value), *wrong), warnings)


def _unset(sources: Sources, slot: Slot, profile: Profile) -> Settled:
    value, source = _default(sources, slot, profile)
    if value is None and not may_be_none(slot.kind):
        return Settled(
            slot,
            value,
            source,
            (Sentence(f"{slot.env}: 꼭 필요한 설정입니다. {slot.about.ko}", f"{slot.env} is required. {slot.about.en}"),),
        )
    return Settled(slot, value, source)


def _default(sources: Sources, slot: Slot, profile: Profile) -> tuple[Any, str]:
    value, source = slot.default(profile)
    return _placed(sources, value), source


def _placed(sources: Sources, value: Any) -> Any:
    """Paths are meant from the folder the settings were read in, whatever a worker's folder is later."""
    return sources.folder / value if isinstance(value, Path) else value


def _unreadable(slot: Slot, given: Given, expected: Sentence) -> Sentence:
    shown = "***" if slot.is_secret else repr(given.text)
    where = _place(slot, given)
    return Sentence(
        f"{where}: {shown} 값을 쓸 수 없습니다. 필요한 값: {expected.ko}.", f"{where}: {shown} cannot be used. Expected: {expected.en}."
    )


def _guessed(slot: Slot, given: Given, value: Any) -> Iterator[Sentence]:
    if slot.field.name in OUR_KEYS and isinstance(value, Secret):
        found = guessable.flaw(_place(slot, given), value)
        if found is not None:
            yield found


def _place(slot: Slot, given: Given) -> str:
    return slot.env if given.source.endswith(slot.env) else f"{slot.env} ({given.source})"


def _exposure(slot: Slot, given: Given, profile: Profile) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    if not slot.is_secret or given.path is None or not is_open_to_others(given.path):
        return (), ()
    said = exposed(given.path)
    return ((), (said,)) if profile == "dev" else ((said,), ())


def exposed(path: Path) -> Sentence:
    """What to say of a secret that others on the machine can read."""
    return Sentence(
        f"{path}: 다른 사용자가 비밀 값을 읽거나 바꿀 수 있습니다. 실행하십시오: chmod go= {path}",
        f"{path}: others can read or change a secret. Run: chmod go= {path}",
    )
