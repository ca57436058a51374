"""The Markdown files that become the site, and where each comes to lie in it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from daemun.core.circumstance import Language

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ("README", "CHANGELOG", "CONTRIBUTING", "SECURITY", "clients/python/README")
"""Pages outside `docs/`, without their ending."""
CODE = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[ ]*$|``[^\n]+?``|`[^`\n]+`)", re.M | re.S)
LINK = re.compile(r"(\]\(|<img src=\"|srcset=\")([^)\s\"]+)(\)|\")")
PREFIX: dict[Language, str] = {"ko": "", "en": "en/"}
"""Korean first: it is what the site's root opens."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page in one language. `name` is the same in both."""

    file: Path
    name: str
    language: Language

    @property
    def source(self) -> str:
        """Its Markdown among those of its language."""
        return f"{self.name}.md"

    @property
    def address(self) -> str:
        """From the root of the site."""
        return f"{PREFIX[self.language]}{self.name}.html"

    @property
    def title(self) -> str:
        return self.file.read_text("utf-8").partition("\n")[0].lstrip("# ").replace("`", "")


def leaves() -> Iterator[Leaf]:
    for file in sorted((ROOT / "docs").rglob("*.md")):
        yield _leaf(file, file.relative_to(ROOT / "docs").as_posix())
    for stem in BESIDE:
        for file in (ROOT / f"{stem}.ko.md", ROOT / f"{stem}.md"):
            if file.exists():
                yield _leaf(file, f"project/{file.relative_to(ROOT).as_posix().lower()}")


def _leaf(file: Path, path: str) -> Leaf:
    name = path.removesuffix(".md").removesuffix(".ko")
    return Leaf(file, re.sub(r"^decisions/README$", "decisions/index", name), "ko" if path.endswith(".ko.md") else "en")


def relinked(leaf: Leaf, by_file: dict[Path, Leaf], taken: Callable[[Path], str]) -> str:
    """The page's text with each link leading where its target lies in the site; `taken` brings a file that is no page along."""

    def replace(found: re.Match[str]) -> str:
        before, link, after = found.groups()
        return f"{before}{_led(leaf, link, by_file, taken)}{after}"

    parts = CODE.split(leaf.file.read_text("utf-8"))
    return "".join(part if number % 2 else LINK.sub(replace, part) for number, part in enumerate(parts))


def _led(leaf: Leaf, link: str, by_file: dict[Path, Leaf], taken: Callable[[Path], str]) -> str:
    path, hash_, anchor = link.partition("#")
    if not path or re.match(r"[a-z]+:", link):
        return link
    file = (leaf.file.parent / path).resolve()
    target = by_file.get(file)
    if target is None:
        return _from(leaf, taken(file)) + hash_ + anchor
    if target.language == leaf.language:
        return posixpath.relpath(target.source, posixpath.dirname(leaf.source) or ".") + hash_ + anchor
    return _from(leaf, target.address) + hash_ + anchor


def _from(leaf: Leaf, address: str) -> str:
    return posixpath.relpath(address, posixpath.dirname(leaf.address) or ".")
