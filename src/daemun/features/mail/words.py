"""The words of letters, as the capabilities that post them write them down. What is not right stops the start."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from daemun.core.circumstance import Language
from daemun.web.catalogue import LANGUAGES

KIND = re.compile(r"[a-z][a-z0-9_]{0,49}")
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
RESERVED = frozenset({"link", "code"})
"""They have their places in the layout; in a sentence they would be cut, wrapped or translated."""


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of letter in one language."""

    subject: str
    lines: tuple[str, ...]
    button: str = ""
    small: tuple[str, ...] = ()

    @property
    def places(self) -> frozenset[str]:
        """The fields its sentences speak of."""
        return frozenset(PLACE.findall(" ".join((self.subject, self.button, *self.lines, *self.small))))


class BadWords(ValueError):
    """A letter nobody could send."""


Book = Mapping[tuple[str, Language], Words]


def read(folders: Iterable[Path]) -> Book:
    """`ko.toml` and `en.toml` of each folder: a table a kind."""
    found: dict[tuple[str, Language], Words] = {}
    for folder in folders:
        for language in LANGUAGES:
            for kind, table in tomllib.loads((folder / f"{language}.toml").read_text("utf-8")).items():
                if (kind, language) in found:
                    raise BadWords(f"{folder}: the letter {kind} has its words already")
                found[kind, language] = _words(f"{folder}/{language}.toml [{kind}]", kind, table)
    for kind in {kind for kind, _ in found}:
        _agree(kind, [found.get((kind, language)) for language in LANGUAGES])
    return found


def _words(where: str, kind: str, table: Any) -> Words:
    known = {each.name for each in fields(Words)}
    if not KIND.fullmatch(kind) or not isinstance(table, dict) or not {"subject", "lines"} <= table.keys() <= known:
        raise BadWords(f"{where}: a table with subject and lines, perhaps button and small, and nothing else")
    words = Words(
        _one(where, "subject", table["subject"]),
        _several(where, "lines", table["lines"]),
        _one(where, "button", table["button"]) if "button" in table else "",
        _several(where, "small", table.get("small", [])),
    )
    if not words.lines or words.places & RESERVED:
        raise BadWords(f"{where}: lines are there, and hold neither link nor code: these have their places in the layout")
    return words


def _several(where: str, name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadWords(f"{where}: {name} is a list of sentences")
    return tuple(_one(where, name, each) for each in value)


def _one(where: str, name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or set(PLACE.sub("", value)) & set("{}"):
        raise BadWords(f"{where}: {name} is one line of text, with {{field}} for what is filled in")
    return value


def _agree(kind: str, said: list[Words | None]) -> None:
    first, *others = [each for each in said if each is not None]
    if None in said:
        raise BadWords(f"the letter {kind} lacks a language")
    if any(each.places != first.places or bool(each.button) != bool(first.button) for each in others):
        raise BadWords(f"the letter {kind} speaks of different fields in its languages")
