"""Every link of every page leads somewhere, to the same language, and every page can be reached from the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer
from markdown_it import MarkdownIt
from markdown_it.token import Token
from typer.core import TyperCommand, TyperGroup

from daemun.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
APART = {".venv", ".make", "build", "node_modules"}
PAGES = sorted(each for each in ROOT.rglob("*.md") if not APART & {*each.relative_to(ROOT).parts[:1]} and ".pytest_cache" not in each.parts)
DOCS = [each for each in PAGES if each.is_relative_to(ROOT / "docs")]
PAIRED = [each for each in PAGES if each.name.endswith(".ko.md") or each.with_suffix(".ko.md").exists()]
INDEXES = (ROOT / "docs" / "index.md", ROOT / "docs" / "index.ko.md")
LISTED_ELSEWHERE = ROOT / "docs" / "decisions"


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@cache
def tokens(page: Path) -> tuple[Token, ...]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(page.read_text("utf-8"))
    return tuple(each for token in parsed for each in (token, *(token.children or ())))


def links(page: Path) -> Iterator[str]:
    """As a reader of Markdown sees them: what stands in code is no link."""
    for token in tokens(page):
        target = token.attrGet("href") or token.attrGet("src")
        found = (
            [str(target)]
            if target
            else re.findall(r'(?:src|srcset|href)="([^"]+)"', token.content if token.type.startswith("html") else "")
        )
        yield from (each for each in found if not re.match(r"[a-z]+:", each))


def target_of(page: Path, link: str) -> tuple[Path, str]:
    path, _, anchor = unquote(link).partition("#")
    return (page.parent / path).resolve() if path else page, anchor


@cache
def anchors(page: Path) -> frozenset[str]:
    """Those that GitHub and our site make of the headings; a second of one name gets a number."""
    seen: dict[str, int] = {}
    made = set()
    everything = tokens(page)
    for opening, inner in pairwise(everything):
        if opening.type == "heading_open":
            said = "".join(each.content for each in inner.children or () if each.type in ("text", "code_inline"))
            slug = re.sub(r"[^\w\- ]", "", said.strip().lower()).replace(" ", "-")
            count = seen[slug] = seen.get(slug, -1) + 1
            made.add(f"{slug}-{count}" if count else slug)
    return frozenset(made)


def twin(page: Path) -> Path:
    """The same page in the other language."""
    stem = page.name.removesuffix(".md").removesuffix(".ko")
    return page.with_name(f"{stem}.md" if page.name.endswith(".ko.md") else f"{stem}.ko.md")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_and_every_anchor_exists(page: Path) -> None:
    for link in links(page):
        target, anchor = target_of(page, link)
        assert target.exists(), f"{link}: there is no such file"
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), f"{link}: there is no such heading"


@pytest.mark.parametrize("page", PAIRED, ids=name_of)
def test_a_page_leads_to_its_own_language_and_to_its_twin(page: Path) -> None:
    wanted = page.name.endswith(".ko.md")
    targets = [target_of(page, link)[0] for link in links(page)]
    assert twin(page).exists(), f"{name_of(twin(page))} is missing"
    assert twin(page) in targets, f"[{'English' if wanted else '한국어'}]({twin(page).name}) belongs below the title"
    others = [each for each in targets if each.suffix == ".md" and each != twin(page) and each.exists()]
    strange = [name_of(each) for each in others if each.name.endswith(".ko.md") != wanted and twin(each).exists()]
    assert not strange, f"{strange} are there in this page's own language"


@pytest.mark.parametrize("index", INDEXES, ids=name_of)
def test_the_first_page_lists_every_page(index: Path) -> None:
    listed = {target_of(index, link)[0] for link in links(index)}
    korean = index.name.endswith(".ko.md")
    mine = [each for each in DOCS if each.name.endswith(".ko.md") == korean or not (each.name.endswith(".ko.md") or twin(each).exists())]
    missing = [name_of(each) for each in mine if each not in {*listed, index} and each.parent != LISTED_ELSEWHERE]
    assert not missing, f"{name_of(index)} does not list {missing}: a line for each, under the heading where it belongs"


def test_both_first_pages_list_the_same_under_the_same_headings() -> None:
    def shape(index: Path) -> list[list[str]]:
        parts = re.split(r"^## .*$", index.read_text("utf-8"), flags=re.M)[1:]
        return [[each.removesuffix(".md").removesuffix(".ko") for each in re.findall(r"\]\(([^)#]+)", part)] for part in parts]

    english, korean = (shape(each) for each in INDEXES)
    assert english == korean


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_daemun_command_on_a_page_exists(page: Path) -> None:
    """With the options it is shown with; `daemun …` in a sentence may be the beginning of a command."""
    told = re.findall(r"(?:^|[` ]|bin/)daemun ((?:[a-z]+(?:-[a-z]+)* ?)+)((?: ?--[a-z-]+)*)", code_on(page), re.M)
    for words, options in told:
        command: object = typer.main.get_command(app)
        for word in words.split():
            if isinstance(command, TyperGroup):
                assert word in command.commands, f"there is no `daemun {words.strip()}`"
                command = command.commands[word]
        if isinstance(command, TyperCommand):
            known = {each for parameter in command.params for each in parameter.opts} | {"--help"}
            assert set(options.split()) <= known, f"`daemun {words.strip()}` has no {set(options.split()) - known}"


def code_on(page: Path) -> str:
    return "\n".join(each.content for each in tokens(page) if each.type in ("fence", "code_inline"))
