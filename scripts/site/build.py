"""Lays the pages of each language out for the generator, lets it build, and looks at what came of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from scripts.site.broken import broken
from scripts.site.leaves import PREFIX, ROOT, Leaf, leaves, relinked
from scripts.site.menu import sections
from scripts.site.theme import config

from daemun.core.circumstance import Language

LOOKS: Final = Path(__file__).parent / "looks"


def build(site: Path) -> list[str]:
    """Everything that is wrong with it; nothing is, if it is empty."""
    shutil.rmtree(site, ignore_errors=True)
    by_file = {leaf.file: leaf for leaf in leaves()}
    with TemporaryDirectory() as folder:
        for language in PREFIX:
            _laid_out(Path(folder), site, language, by_file)
            if told := _built(Path(folder), site, language):
                return told
    return list(broken(site))


def _laid_out(folder: Path, site: Path, language: Language, by_file: dict[Path, Leaf]) -> None:
    mine = [leaf for leaf in by_file.values() if leaf.language == language]
    for leaf in mine:
        page = folder / language / leaf.source
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(relinked(leaf, by_file, lambda file: _taken(site, file)), "utf-8")
    shutil.copytree(LOOKS, folder / language / "looks")
    index = next(leaf for leaf in mine if leaf.name == "index")
    (folder / f"{language}.yml").write_text(config(language, list(sections(index, by_file))), "utf-8")


def _taken(site: Path, file: Path) -> str:
    """A picture as it is; a source file as text, which browsers show."""
    name = file.relative_to(ROOT).as_posix()
    address = f"files/{name}" if file.suffix in (".png", ".svg") else f"files/{name}.txt"
    (site / address).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, site / address)
    return address


def _built(folder: Path, site: Path, language: Language) -> list[str]:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", f"{language}.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - the words are this file's own
    if done.returncode:
        return (done.stdout + done.stderr).splitlines()
    built = folder / f"site-{language}"
    shutil.copytree(built, site / PREFIX[language], dirs_exist_ok=True)
    return []
