"""The secrets everything else hangs on: how strong, whose, and where."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from daemun.app import guessable
from daemun.app.belonging import foreign
from daemun.app.core_settings import KEYS
from daemun.app.doctor.examined import Examined
from daemun.app.secrets import MARK
from daemun.app.sources import Unusable, is_open_to_others, is_writable_by_others, secret_in
from daemun.core.secret import Secret
from daemun.core.sentence import Sentence
from daemun.features.sessions import SessionSettings
from daemun.plugin import Check, Finding, command, deviates, fails, put, well

ANEW: Final = command(guessable.MAKE_ONE)


def files_of(patient: Examined) -> dict[str, Path]:
    """Where each key of ours lies that is kept in a file."""
    return {name: patient.settings.secrets_dir / name for name in KEYS if getattr(patient.core, name) is None}


def strength(patient: Examined) -> Iterator[Finding]:
    shared = patient.section("sessions", SessionSettings).shared_secret
    given = {f"DAEMUN_{name.upper()}": secret for name in KEYS if isinstance(secret := getattr(patient.core, name), Secret)}
    given |= {"DAEMUN_SESSIONS__SHARED_SECRET": shared} if shared is not None else {}
    for path in files_of(patient).values():
        try:
            given[str(path)] = Secret(secret_in(path))
        except Unusable:
            continue  # before the first start there is none; a lost one is told where the start is
    for name, secret in given.items():
        if why := guessable.weakness(secret):
            said = guessable.WHY[why]
            yield fails(f"{name}: {said.ko}.", f"{name} {said.en}.", fix=ANEW)


def database_password(patient: Examined) -> Iterator[Finding]:
    url = urlsplit(patient.core.database.reveal())
    if url.password and guessable.is_example(Secret(url.password)):
        yield fails(
            "데이터베이스의 비밀번호가 누구나 읽은 예시 값입니다.",
            "The password of the database is an example that everybody has read.",
            fix=ANEW,
            of=("database_url",),
        )


def kept(patient: Examined) -> Iterator[Finding]:
    """Files that others can read or change, or that belong to somebody else than the folder does."""
    folder = patient.settings.secrets_dir
    places = [*files_of(patient).values(), folder / "keys.json", patient.data / MARK, folder / MARK, *_env_files(patient)]
    for path in dict.fromkeys(places):
        if path.exists() and is_open_to_others(path):
            yield fails(
                f"{path}: 다른 사용자가 비밀 값을 읽거나 바꿀 수 있습니다.",
                f"{path}: others can read or change a secret.",
                fix=command(f"chmod go= {path}"),
            )
        yield from _owned(path, patient.data)
    for each in dict.fromkeys((patient.data, folder)):
        if each.exists() and is_writable_by_others(each):
            yield fails(
                f"{each}: 다른 사용자가 파일을 바꿔치기할 수 있습니다.",
                f"{each}: others can put files of theirs in place of ours.",
                fix=command(f"chmod go-w {each}"),
            )


def _env_files(patient: Examined) -> list[Path]:
    """The files of settings in which a secret stands."""
    secret = {entry.source for entry in patient.settings.effective() if entry.is_secret and entry.value}
    layers = [layer for layer in patient.settings.sources.layers if layer.path is not None]
    return [layer.path for layer in layers if layer.path and any(source.startswith(layer.place) for source in secret)]


def _owned(path: Path, data: Path) -> Iterator[Finding]:
    if os.name == "nt" or not path.exists() or not data.exists():
        return
    mine, whole = path.stat(), data.stat()
    if mine.st_uid not in (whole.st_uid, 0):
        yield fails(
            f"{path}: 데이터 폴더의 주인이 아닌 사용자(uid {mine.st_uid})의 것입니다.",
            f"{path} belongs to uid {mine.st_uid}, who does not own the data.",
            fix=command(f"chown {whole.st_uid} {path}"),
        )


def apart(patient: Examined) -> Iterator[Finding]:
    """A copy of the folder, such as a backup, must not hold both the hashes and what they are mixed with."""
    files = files_of(patient)
    database = patient.database_file
    beside = database is not None and patient.settings.secrets_dir.is_relative_to(database.parent)
    if not files:
        yield well("후추와 암호화 열쇠는 데이터 폴더 밖에서 옵니다.", "Pepper and encryption key come from outside the data folder.")
    elif beside:
        yield deviates(
            f"데이터베이스와 그 열쇠가 한 폴더에 있습니다({patient.data}). 폴더의 사본 하나가 둘 다 내줍니다.",
            f"The database and its keys lie in one folder ({patient.data}): one copy of it gives both away.",
            fix=put("DAEMUN_SECRETS_DIR=/…"),
            of=("secrets_dir",),
        )


def belong(patient: Examined) -> Iterator[Finding]:
    if patient.house is None:
        return
    for said in foreign(patient.database, patient.house.ground.secrets.checks()):
        yield fails(said.ko, said.en, fix=Sentence("처음의 비밀 값을 되돌리십시오.", "Bring the former secret back."))


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("secrets.strength", "열쇠를 추측할 수 없습니다", "No key of ours can be guessed", strength, (71,)),
    Check("secrets.database", "데이터베이스 비밀번호가 예시 값이 아닙니다", "The database's password is no example", database_password),
    Check("secrets.files", "비밀 값 파일은 주인만 읽습니다", "Only their owner reads the files of secrets", kept),
    Check("secrets.apart", "열쇠는 데이터베이스와 떨어져 있습니다", "The keys lie apart from the database", apart, (8,)),
    Check(
        "secrets.belong",
        "데이터베이스가 이 비밀 값으로 만들어졌습니다",
        "The database was made with these secrets",
        belong,
        needs="database",
    ),
)
