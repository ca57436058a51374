"""The two secrets everything else is derived from: given, or made once and never silently made again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from daemun.app import guessable
from daemun.app.core_settings import KEYS
from daemun.app.parsing import Sentence
from daemun.app.section import exposed
from daemun.app.settings import Settings, SettingsError
from daemun.app.sources import Unusable, is_open_to_others, is_writable_by_others, secret_in
from daemun.core.secret import Secret

MARK: Final = "secrets.id"
SIZE: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class Secrets:
    encryption_key: bytes = field(repr=False)
    pepper: bytes = field(repr=False)

    def checks(self) -> dict[str, str]:
        """For each secret, what tells it from another and gives nothing away: 64 bits of a one-way derivation."""
        return {name: derive(getattr(self, name), f"daemun check {name}")[:8].hex() for name in KEYS}


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256, RFC 5869): whoever learns them learns neither the key nor another purpose's."""
    return HKDF(SHA256(), SIZE, salt=None, info=purpose.encode()).derive(key)


def load_or_create(settings: Settings) -> Secrets:
    """The secrets of this installation. Stops with every reason at once; makes nothing while anything is wrong.

    Missing files are made only where nothing was ever protected with them: once `secrets.id` or the database is there, a lost
    secret stops the start, because a new one would make what is stored unreadable for good, and would look like a start that went well.
    """
    if wrong := settings.wrong():
        raise SettingsError(wrong)
    try:
        return _Vault.of(settings).open()
    except Unusable as error:
        raise SettingsError([error.sentence]) from error
    except OSError as error:
        raise SettingsError([_unwritable(settings.secrets_dir, error)]) from error


@dataclass(frozen=True, slots=True)
class _Vault:
    settings: Settings
    folder: Path
    given: dict[str, Secret]
    marks: tuple[Path, ...]

    @classmethod
    def of(cls, settings: Settings) -> _Vault:
        core = settings.core
        given = {name: secret for name in KEYS if (secret := getattr(core, name)) is not None}
        # In both places: whichever of the two folders is lost, the other one remembers.
        marks = [core.data / MARK, *([] if len(given) == len(KEYS) else [settings.secrets_dir / MARK])]
        return cls(settings, settings.secrets_dir, given, tuple(marks))

    def open(self) -> Secrets:
        if wrong := list(self._excused(_exchangeable(self.settings.core.data))):
            raise SettingsError(wrong)  # before anything is made in it
        # Looked at before the files: a process that starts beside us makes the secrets first, then the marks, then the database.
        marked = [mark for mark in self.marks if mark.exists()]
        used = self.settings.core.database_file.exists() or bool(marked)
        missing = [name for name in KEYS if name not in self.given and not (self.folder / name).exists()]
        if used and missing:
            raise SettingsError(_lost(self.folder / name, self.marks[0]) for name in missing)
        self._make(missing)
        found = {name: self.given.get(name) or Secret(secret_in(self.folder / name)) for name in KEYS}
        if wrong := list(self._wrong(found)):
            raise SettingsError(wrong)
        opened = Secrets(**{name: derive(secret.reveal().encode(), f"daemun {name}") for name, secret in found.items()})
        self._recognise(opened, marked)
        return opened

    def _make(self, missing: list[str]) -> None:
        _make_private(self.settings.core.data)
        if len(self.given) < len(KEYS):
            _make_private(self.folder)
        for name in missing:
            _create_once(self.folder / name, _fresh())

    def _wrong(self, found: dict[str, Secret]) -> Iterator[Sentence]:
        """What is wrong with the files; what was given is judged with the settings."""
        files = {name: self.folder / name for name in KEYS if name not in self.given}
        for name, path in files.items():
            if flaw := guessable.flaw(str(path), found[name]):
                yield flaw
        open_ = [path for path in files.values() if is_open_to_others(path)]
        open_ += [self.folder] if files and is_writable_by_others(self.folder) else []
        yield from self._excused(map(exposed, open_))
        if found[KEYS[0]].matches(found[KEYS[1]]):
            yield Sentence(f"{KEYS[0]}와 {KEYS[1]}는 서로 달라야 합니다.", f"{KEYS[0]} and {KEYS[1]} must differ.")

    def _excused(self, sentences: Iterable[Sentence]) -> Iterator[Sentence]:
        """In dev a warning; elsewhere what stops the start."""
        for sentence in sentences:
            if self.settings.core.rules.open_files:
                self.settings.notice(sentence)
            else:
                yield sentence

    def _recognise(self, opened: Secrets, marked: list[Path]) -> None:
        """Compares with what was written down at the first start, or writes it down."""
        for mark in marked:
            _compare(opened, mark)
        text = "".join(f"{name} {check}\n" for name, check in opened.checks().items())
        for mark in self.marks:
            if mark not in marked:
                _create_once(mark, text)
                _compare(opened, mark)  # another process may have been first, with other secrets


def _compare(opened: Secrets, mark: Path) -> None:
    known = {line.partition(" ")[0]: line.partition(" ")[2] for line in mark.read_text("utf-8").splitlines()}
    if changed := [name for name, check in opened.checks().items() if known.get(name) != check]:
        raise SettingsError(_changed(name, mark) for name in changed)


def _fresh() -> str:
    """A new secret. One in millions looks like words to our own check: it is thrown away."""
    return next(text for text in iter(lambda: token_urlsafe(SIZE), "") if guessable.weakness(Secret(text)) is None)


def _make_private(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _create_once(path: Path, text: str) -> None:
    """Whole and durable, or not at all; whoever comes second keeps what the first one wrote."""
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link, because a rename would replace what another process made a moment ago.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """The folder's own entry, on the disk: what is encrypted next must not outlive its key."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lost(path: Path, mark: Path) -> Sentence:
    return Sentence(
        f"{path}: 이 데이터를 보호하던 비밀 값이 없습니다. 백업에서 되돌리십시오. {_given_up(mark).ko}",
        f"{path}: the secret that protects this data is gone. Bring it back from the backup. {_given_up(mark).en}",
    )


def _changed(name: str, mark: Path) -> Sentence:
    return Sentence(
        f"{name}: 이 데이터를 보호하던 비밀 값이 아닙니다. 원래 값을 되돌리십시오. {_given_up(mark).ko}",
        f"{name} is not the secret that protects this data. Bring the former one back. {_given_up(mark).en}",
    )


def _given_up(mark: Path) -> Sentence:
    return Sentence(
        f"그 데이터를 버리려면 데이터베이스와 {mark}을(를) 지우십시오.", f"To give the data up, delete the database and {mark}."
    )


def _exchangeable(data: Path) -> Iterator[Sentence]:
    if data.exists() and is_writable_by_others(data):
        yield Sentence(
            f"{data}: 다른 사용자가 데이터베이스를 바꿔치기할 수 있습니다. 실행하십시오: chmod go-w {data}",
            f"{data}: others can put a database of theirs in place of this one. Run: chmod go-w {data}",
        )


def _unwritable(folder: Path, error: OSError) -> Sentence:
    where, why = error.filename or folder, error.strerror
    return Sentence(
        f"{where}: 비밀 값을 읽거나 만들 수 없습니다({why}). 쓸 수 있는 폴더를 DAEMUN_DATA나 DAEMUN_SECRETS_DIR로 정하십시오.",
        f"{where}: secrets cannot be read or made ({why}). Name a folder that can be written to in DAEMUN_DATA or DAEMUN_SECRETS_DIR.",
    )
