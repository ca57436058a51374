"""What the site's menu lists: what the first page lists, under its headings and in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from scripts.site.leaves import Leaf


def sections(index: Leaf, by_file: dict[Path, Leaf]) -> Iterator[tuple[str, list[Leaf]]]:
    for part in re.split(r"^## ", index.file.read_text("utf-8"), flags=re.M)[1:]:
        linked = (by_file.get((index.file.parent / link).resolve()) for link in re.findall(r"\]\(([^)#\s]+)", part))
        yield part.partition("\n")[0], [each for each in linked if each is not None and each.language == index.language]
