"""Links of the finished site that lead nowhere, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(eq=False)
class Page(HTMLParser):
    links: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {each for each in (given.get("id"), given.get("name")) if each}
        self.links |= {each for each in (given.get("href"), given.get("src"), given.get("srcset")) if each}


def read(file: Path) -> Page:
    page = Page()
    page.feed(file.read_text("utf-8"))
    return page


def broken(site: Path) -> Iterator[str]:
    pages = {file: read(file) for file in sorted(site.rglob("*.html")) if file.name != "404.html"}
    for file, page in pages.items():
        for link in sorted(page.links):
            if reason := _wrong(site, file, link, pages):
                yield f"{file.relative_to(site)}: {link}: {reason}"


def _wrong(site: Path, file: Path, link: str, pages: dict[Path, Page]) -> str | None:
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return None
    target = (file.parent / unquote(address.path)).resolve() if address.path else file
    target = target / "index.html" if target.is_dir() else target
    if not target.is_relative_to(site.resolve()) or not target.exists():
        return "no such file"
    anchor = unquote(address.fragment)
    return "no such heading" if anchor and target in pages and anchor not in pages[target].anchors else None


def outside(site: Path) -> Iterator[str]:
    """What a page would load from somebody else's server."""
    for file in sorted(site.rglob("*.html")):
        for tag in ('<script src="http', '<link rel="stylesheet" href="http', '<img src="http'):
            if tag in file.read_text("utf-8"):
                yield f"{file.relative_to(site)}: {tag}"
