"""Markdown of a page in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from daemun.core.circumstance import Language

HANGUL = re.compile(r"[가-힣]")
SEPARATOR = " · "
MADE = {
    "ko": "이 쪽은 `make reference`가 코드에서 씁니다. 손으로 고치지 않습니다.",
    "en": "This page is written from the code by `make reference`. It is not edited by hand.",
}
OTHER = {"ko": "[English]({name}.md)", "en": "[한국어]({name}.ko.md)"}


def file_of(name: str, language: Language) -> str:
    return f"{name}.ko.md" if language == "ko" else f"{name}.md"


def headed(language: Language, name: str, title: str, *paragraphs: str) -> list[str]:
    """What every page begins with."""
    told = (OTHER[language].format(name=name), MADE[language], *paragraphs)
    return [f"# {title}", *(line for each in told for line in ("", each))]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    yield from (f"| {' | '.join(cell(each) for each in row)} |" for row in rows)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def code(text: str) -> str:
    """Also of what holds a backtick itself."""
    return (f"`` {text} ``" if "`" in text else f"`{text}`") if text else ""


def codes(names: Iterable[str]) -> str:
    return ", ".join(code(each) for each in names)


def half(text: str, language: Language) -> str:
    """What of `한국어 · English` is in that language: one half of it, all of it, or nothing."""
    mine = [each for each in text.split(SEPARATOR) if bool(HANGUL.search(each)) == (language == "ko")]
    return SEPARATOR.join(mine).strip()


def anchor(heading: str) -> str:
    """What a heading is linked to by, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def finished(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip("\n") + "\n"
