"""A letter becomes a subject, a text that reads well by itself, and the same as HTML."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from daemun.core.secret import Secret
from daemun.features.mail.models import Written
from daemun.features.mail.words import PLACE, Book, Words, read
from daemun.ports.letters import Letter
from daemun.web.catalogue import Catalogue

HERE = Path(__file__).parent
WIDTH = 72
FIELD_LENGTH = 200
TYPED = frozenset({"name", "device"})
"""Fields that anybody may have chosen, also somebody who signs up with another's address: in our letter to them no address stands in it."""
LINKING = re.compile(r"(?<=[.:@。．｡])(?=\S)")
"""Where mail programs see an address that can be clicked: "evil.example", and "J.R.R." as well, which is as readable with spaces."""


class Unwritable(Exception):
    """Posted as a kind without words, or without what its words speak of: a programmer's error."""


@dataclass(frozen=True, slots=True)
class LetterBook:
    book: Book
    site: str
    """The address people know this installation by."""
    page: Template
    catalogue: Catalogue

    @classmethod
    def read(cls, folders: Iterable[Path], *, site: str) -> LetterBook:
        """Raises `BadWords`."""
        return cls(read(folders), site, templates().get_template("letter.html"), Catalogue.read([HERE / "locale"]))

    def write(self, letter: Letter) -> Written:
        words = self.book.get((letter.kind, letter.language))
        if words is None or bool(words.button) != (letter.link is not None):
            raise Unwritable(f"the letter {letter.kind} has no words, or a link without a button, or a button without a link")
        filled = _filled(words, {"site": self.site, **letter.fields}, letter.kind)
        link, code = revealed(letter.link), revealed(letter.code)
        foot = self.catalogue.say(letter.language, "letter_foot", {"site": self.site})
        html = self.page.render(words=filled, link=link, code=code, foot=foot, language=letter.language, preview=preview(filled))
        return Written(filled.subject, text(filled, link, code, foot), html)


def templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def preview(words: Words) -> str:
    """What mail programs show beside the subject: the first sentence that is no greeting."""
    return words.lines[min(1, len(words.lines) - 1)]


def text(words: Words, link: str | None, code: str | None, foot: str) -> str:
    parts = [wrapped(each) for each in words.lines]
    if link:
        parts.append(f"{words.button}:\n{link}")
    if code:
        parts.append(f"    {code}")
    parts += [wrapped(each) for each in words.small]
    return "\n\n".join(parts) + f"\n\n-- \n{wrapped(foot)}\n"  # RFC 3676 4.3: what follows is no part of the letter


def wrapped(sentence: str) -> str:
    """Lines of at most 72 columns; a Hangul syllable takes two. An address is never cut."""
    lines, line = [], ""
    for word in sentence.split():
        if line and _columns(line) + 1 + _columns(word) > WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def _columns(sentence: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in sentence)


def _filled(words: Words, fields: Mapping[str, str], kind: str) -> Words:
    if missing := words.places - fields.keys():
        raise Unwritable(f"the letter {kind} was posted without {sorted(missing)}")
    said = {name: _one_line(LINKING.sub(" ", value) if name in TYPED else value) for name, value in fields.items()}

    def fill(sentence: str) -> str:
        return PLACE.sub(lambda place: said[place[1]], sentence)

    return Words(fill(words.subject), tuple(map(fill, words.lines)), words.button and fill(words.button), tuple(map(fill, words.small)))


def _one_line(value: str) -> str:
    """A name with a line break would forge a header, or a paragraph of ours."""
    shown = "".join(each if each.isprintable() else " " for each in value)
    return re.sub(r" {2,}", " ", shown).strip()[:FIELD_LENGTH]
