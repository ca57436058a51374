"""Making a large list of leaked passwords fit to be asked: sorted, compact, in little memory."""

from __future__ import annotations

import heapq
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO

from daemun.features.identity.hashfile import digest, write_hashes
from daemun.features.identity.passwords import normalise

WIDTH = 8
"""Of a billion passwords, one lookup in 18 thousand million is mistaken."""
HASH = re.compile(rb"[0-9A-Fa-f]{40}(:[0-9]+)?")
LONGEST_LINE = 4096
CHUNK = 1 << 20
FAN_IN = 128
"""Files open at once while merging: well under what any system allows."""
BOM = b"\xef\xbb\xbf"


class CorpusError(ValueError):
    """What is wrong with a file of passwords, and in which line."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {problem}" if line else problem)
        self.line = line


def import_corpus(source: Path, target: Path, *, chunk: int = CHUNK) -> int:
    """Reads `SHA1:count` lines, SHA-1 lines, or plain passwords, in any order, and says how many different ones there are.

    The first line decides which, and every line must agree. Blank lines are passed over. The target is replaced when all is well, and
    otherwise stays as it was. Memory does not grow with the file; a sorted file is read once and never sorted.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".import-") as folder:
        runs = _sorted_runs(_digests(source), Path(folder), chunk)
        if not runs:
            raise CorpusError("there is no password in it")
        done = Path(folder) / "done"
        with done.open("wb") as file, ExitStack() as opened:
            count = write_hashes(file, heapq.merge(*(_read(run, opened) for run in runs)), WIDTH)
            file.flush()
            os.fsync(file.fileno())
        done.replace(target)
    _keep_name(target.parent)
    return count


def _digests(source: Path) -> Iterator[bytes]:
    hashed: bool | None = None
    for number, line in _lines(source):
        if hashed is None:
            hashed = HASH.fullmatch(line) is not None
        yield _given(line, number) if hashed else _made(line, number)


def _lines(source: Path) -> Iterator[tuple[int, bytes]]:
    with source.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 2):
            number += 1
            text = (line.removeprefix(BOM) if number == 1 else line).rstrip(b"\r\n")
            if len(text) > LONGEST_LINE:
                raise CorpusError(f"longer than {LONGEST_LINE} bytes", number)
            if text:
                yield number, text


def _given(line: bytes, number: int) -> bytes:
    if HASH.fullmatch(line) is None:
        raise CorpusError("not a SHA-1 hash of 40 hexadecimal digits, as the lines before it", number)
    return bytes.fromhex(line[: 2 * WIDTH].decode("ascii"))


def _made(line: bytes, number: int) -> bytes:
    try:
        return digest(normalise(line.decode("utf-8")))[:WIDTH]
    except UnicodeDecodeError:
        raise CorpusError("not UTF-8", number) from None


def _sorted_runs(digests: Iterator[bytes], folder: Path, chunk: int) -> list[Path]:
    """Sorted files that hold everything together. What comes sorted already goes on where the last file ended, so it makes only one."""
    runs: list[Path] = []
    last = b""
    names = (folder / f"run-{number}" for number in range(1 << 62))
    while part := sorted(islice(digests, chunk)):
        if not runs or part[0] < last:
            runs = [*_merged(runs, names), next(names)]
        with runs[-1].open("ab") as file:
            file.writelines(part)
        last = part[-1]
    return runs


def _merged(runs: list[Path], names: Iterator[Path]) -> list[Path]:
    if len(runs) < FAN_IN:
        return runs
    with (into := next(names)).open("wb") as file, ExitStack() as opened:
        file.writelines(heapq.merge(*(_read(run, opened) for run in runs)))
    for run in runs:
        run.unlink()
    return [into]


def _read(run: Path, opened: ExitStack) -> Iterator[bytes]:
    file: IO[bytes] = opened.enter_context(run.open("rb"))
    return iter(lambda: file.read(WIDTH), b"")


def _keep_name(folder: Path) -> None:
    """A rename is durable when its folder is."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
