"""Where settings come from: `daemun.toml`, then `.env`, then the environment, then flags; each wins over those before."""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from daemun.app.parsing import Sentence

PREFIX: Final = "DAEMUN_"
FILE: Final = "_FILE"
HANDED_IN: Final = ("/run/secrets", "/run/credentials")
LARGEST_SECRET_FILE: Final = 64 * 1024
Place = Literal["daemun.toml", ".env", "environment", "flag"]


class Unusable(Exception):
    """A source that cannot be read, or that contradicts itself."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.sentence: Final = sentence


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was written, and where. `path` is the file it stands in, if it stands in one."""

    name: str
    source: str
    text: str = field(repr=False)
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    place: Place
    values: Mapping[str, str] = field(repr=False)
    path: Path | None = None

    def given(self, name: str, folder: Path) -> Given:
        if name.endswith(FILE):
            path = folder / Path(self.values[name]).expanduser()
            return Given(name, self.label(name), secret_in(path), path)
        return Given(name, self.label(name), self.values[name], self.path)

    def spelled(self, name: str) -> str:
        """The name as people write it in this place."""
        bare = name.removeprefix(PREFIX).lower()
        if self.place == "daemun.toml":
            return bare.replace("__", ".")
        return f"--{bare.replace('__', '.').replace('_', '-')}" if self.place == "flag" else name

    def label(self, name: str) -> str:
        if self.place == "daemun.toml" or (self.place == ".env" and name.startswith(PREFIX)):
            return self.place
        return f"{self.place} {self.spelled(name)}"


@dataclass(frozen=True, slots=True)
class Sources:
    """All layers, the strongest first, and what was wrong with the files."""

    layers: Sequence[Layer]
    folder: Path
    wrong: Sequence[Sentence] = ()

    def find(self, names: Sequence[str], *, blank: bool = False) -> Given | None:
        """The value from the strongest layer that has one of the names. An empty text counts as not given, unless `blank`:
        Compose hands over `X=${X}` as empty where X is not set."""
        for layer in self.layers:
            present = [name for name in names if layer.values.get(name) or (blank and name in layer.values)]
            if present:
                return self._agreed([layer.given(name, self.folder) for name in present])
        return None

    def _agreed(self, given: Sequence[Given]) -> Given:
        if len({each.text for each in given}) > 1:
            listed = ", ".join(each.source for each in given)
            raise Unusable(
                Sentence(
                    f"{listed}: 같은 설정에 서로 다른 값이 있습니다. 하나만 남기십시오.",
                    f"{listed}: one setting, different values. Keep one of them.",
                )
            )
        return given[0]


def gather(flags: Mapping[str, str], environ: Mapping[str, str], folder: Path) -> Sources:
    """Reads the two files, once."""
    wrong: list[Sentence] = []
    layers = [
        Layer("flag", {_named(name.replace("-", "_").split(".")): text for name, text in flags.items()}),
        Layer("environment", environ),
        *_file_layers(folder, wrong),
    ]
    return Sources(layers, folder, wrong)


def secret_in(path: Path) -> str:
    """The text of a file that holds one secret, without the line break editors add."""
    try:
        with path.open("rb") as file:
            found = file.read(LARGEST_SECRET_FILE + 1)
        text = found.decode().strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise Unusable(
            Sentence(f"{path}: 비밀 값 파일을 읽을 수 없습니다({why}).", f"{path}: the secret's file cannot be read ({why}).")
        ) from error
    if not text or len(found) > LARGEST_SECRET_FILE:
        raise Unusable(Sentence(f"{path}: 비밀 값 파일이 비었거나 너무 큽니다.", f"{path}: the secret's file is empty or too large."))
    return text


def is_open_to_others(path: Path) -> bool:
    """Whether the group or the world can read or write it. Docker's own mount is 0444 by design and seen by its container alone, and
    systemd's shows the mask of its access list."""
    return not any(path.is_relative_to(each) for each in HANDED_IN) and bool(_mode(path) & 0o077)


def is_writable_by_others(folder: Path) -> bool:
    """Whether they could put a file of theirs in place of ours. In a sticky folder they cannot."""
    return bool(_mode(folder) & 0o022) and not _mode(folder) & stat.S_ISVTX


def _mode(path: Path) -> int:
    return 0 if os.name == "nt" else path.stat().st_mode  # Windows answers for owners only


def _file_layers(folder: Path, wrong: list[Sentence]) -> Iterator[Layer]:
    for place, read in ((".env", _env_values), ("daemun.toml", _toml_values)):
        path = folder / place
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            wrong.append(Sentence(f"{path}: 읽을 수 없습니다.", f"{path} cannot be read."))
            continue
        try:
            yield Layer(".env" if place == ".env" else "daemun.toml", read(text), path)
        except Unusable as error:
            wrong.append(error.sentence)


def _named(path: Iterable[str]) -> str:
    return PREFIX + "__".join(path).upper()


def _toml_values(text: str) -> dict[str, str]:
    try:
        return dict(_flat(tomllib.loads(text), ()))
    except tomllib.TOMLDecodeError as error:
        # The message names line and column, and quotes nothing: the line may hold a secret.
        where = re.search(r"\(at .*\)$", str(error))
        spot = where.group() if where else ""
        raise Unusable(Sentence(f"daemun.toml: TOML 문법에 맞지 않습니다 {spot}.", f"daemun.toml is not valid TOML {spot}.")) from None


def _flat(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, (*path, key))
        else:
            yield _named((*path, key)), value if isinstance(value, str) else json.dumps(value, default=str)


LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(?P<rest>.*)")
QUOTED = re.compile(r"""(?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*(?:#.*)?""")
ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


def _env_values(text: str) -> dict[str, str]:
    """`NAME=value` lines with comments, quotes and `export`. `${…}` is not expanded: what stands there is what is meant."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, value = _env_line(line.strip(), number)
            found[name] = value
    return found


def _env_line(line: str, number: int) -> tuple[str, str]:
    match = LINE.fullmatch(line)
    value = _env_value(match["rest"]) if match else None
    if match is None or value is None:
        raise Unusable(
            Sentence(
                f".env {number}번째 줄: 이름=값 꼴이 아니거나 따옴표가 닫히지 않았습니다.",
                f".env line {number}: not NAME=value, or a quote is not closed.",
            )
        )
    return match["name"], value


def _env_value(rest: str) -> str | None:
    if not rest.startswith(("'", '"')):
        return re.split(r"(?:^|\s+)#", rest, maxsplit=1)[0].strip()
    match = QUOTED.fullmatch(rest)
    if match is None:
        return None
    if match["single"] is not None:
        return match["single"]
    return re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), match["double"])
